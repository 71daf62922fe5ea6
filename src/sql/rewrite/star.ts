import { columnReference } from '../expression.ts';
import type { Node } from '../grammar.ts';
import type { Rewriter } from './rewriting.ts';
import { type Source, sourcesOf } from './sources.ts';
import { column, hasStar, target } from './tree.ts';

/** `*` as the columns that it stands for, so that those can be left out which nobody reads. */
export const starToColumns: Rewriter = (query, tables) => {
  const sources = sourcesOf(query, tables);
  const targets = query.targetList;
  if (sources === null || targets === undefined || !hasStar(targets) || mergesColumns(query.fromClause ?? []))
    return [];
  const named = targets.map((each) => columnsOf(each, sources));
  if (named.includes(null)) return [];
  return [
    {
      title: 'Name the columns that are read',
      select: { ...query, targetList: named.flatMap((each) => each ?? []) },
      answers: ['query/select-star', 'query/columns-returned'],
      nature: {
        kind: 'other',
        reason:
          'These are all of them: leave out those that nobody reads, and a column that is added changes nothing.',
      },
    },
  ];
};

/** USING and NATURAL show the columns of both sides once. */
function mergesColumns(items: readonly Node[]): boolean {
  return items.some((item) => {
    if (!('JoinExpr' in item)) return false;
    const { isNatural, usingClause, larg, rarg } = item.JoinExpr;
    return (
      isNatural === true ||
      usingClause !== undefined ||
      mergesColumns([larg, rarg].flatMap((each) => each ?? []))
    );
  });
}

function columnsOf(item: Node, sources: readonly Source[]): readonly Node[] | null {
  const parts =
    'ResTarget' in item && item.ResTarget.val !== undefined ? columnReference(item.ResTarget.val) : null;
  if (parts === null || parts.at(-1) !== '*') return [item];
  const meant = parts.length === 1 ? sources : sources.filter(({ alias }) => alias === parts[0]);
  if (parts.length > 2 || meant.length === 0 || meant.some(({ table }) => table === null)) return null;
  return meant.flatMap(({ alias, table }) =>
    (table?.columns ?? []).map(({ name }) =>
      target(sources.length === 1 ? column(name) : column(alias, name)),
    ),
  );
}
