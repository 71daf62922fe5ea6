import { walk } from '../expression.ts';
import { answersOfPlans, equal, type Rewriter, type Rewriting } from './rewriting.ts';
import { replaced, type Select } from './tree.ts';

/**
 * Common table expressions computed once, or made part of the queries that read them: PostgreSQL does the former to
 * those that are read several times, the latter to those read once ("WITH Queries" in its documentation).
 */
export const cteMaterialisation: Rewriter = (query) => {
  const ctes = (query.withClause?.ctes ?? []).flatMap((cte) =>
    'CommonTableExpr' in cte ? [cte.CommonTableExpr] : [],
  );
  if (query.withClause?.recursive === true) return [];
  return ctes.flatMap(({ ctename = '', ctematerialized, ctequery }): readonly Rewriting[] => {
    if (ctequery === undefined || !('SelectStmt' in ctequery)) return [];
    const reads = [...walk({ SelectStmt: query })].filter(
      (node) =>
        'RangeVar' in node && node.RangeVar.schemaname === undefined && node.RangeVar.relname === ctename,
    );
    const isInlined =
      ctematerialized === 'CTEMaterializeNever' ||
      (ctematerialized !== 'CTEMaterializeAlways' && reads.length < 2);
    const form = isInlined ? 'CTEMaterializeAlways' : 'CTEMaterializeNever';
    return [
      {
        title: isInlined
          ? `Compute ${ctename} once`
          : `Have ${ctename} planned as part of the query that reads it`,
        select: withForm(query, ctename, form),
        answers: ['query/cte-rescanned', ...answersOfPlans],
        nature: equal,
      },
    ];
  });
};

function withForm(query: Select, name: string, form: 'CTEMaterializeAlways' | 'CTEMaterializeNever'): Select {
  return replaced(query, (node) =>
    'CommonTableExpr' in node && node.CommonTableExpr.ctename === name
      ? { CommonTableExpr: { ...node.CommonTableExpr, ctematerialized: form } }
      : null,
  );
}
