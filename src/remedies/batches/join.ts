import type { Remediation } from '../../model/insight.ts';
import type { Session } from '../../model/server.ts';
import type { PlannedQuery } from '../../plans/examine.ts';
import { planAll } from '../../plans/explain.ts';
import { withLiterals } from '../../sql/literals.ts';
import { joinedForm } from '../../sql/rewrite/joined-form.ts';
import type { LoopQuery } from '../../sql/rewrite/loop.ts';
import { readSelect } from '../../sql/rewrite/rewriters.ts';
import type { Tables } from '../../sql/rewrite/sources.ts';
import { write } from '../../sql/rewrite/write.ts';
import { compareResults } from '../rewrites/compare.ts';
import { parameterText } from '../rewrites/parameters.ts';
import type { Stage } from '../rewrites/stage.ts';
import { effectOfOne, isNoDearer } from '../traces/figures.ts';

/** A query in a loop, and the one whose rows it is sent for. */
interface Looped {
  readonly each: { readonly planned: PlannedQuery };
  readonly loop: LoopQuery;
  readonly source: PlannedQuery;
  readonly tables: Tables;
}

/**
 * Joins a query to the one whose rows it is sent for. It is verified where it returns what both do, row by row, and one plan of
 * it costs no more than that of the first and one of the second for each of its rows, but for a tenth. Null where they cannot be joined.
 */
export async function tryJoin(
  session: Session,
  stage: Stage,
  { each: { planned }, loop, source, tables }: Looped,
): Promise<Remediation | null> {
  const first = readSelect(source.text);
  const form = first === null ? null : joinedForm(first, loop.select, tables);
  const sql = form === null ? null : write({ SelectStmt: form.select });
  if (form === null || sql === null) return null;
  const rows = Math.max(1, Math.round(source.measures.rowsReturned));
  const before = source.measures.cost + rows * planned.measures.cost;
  const after = await costOf(session, source, sql);
  const names = new Set([...source.measures.tables, ...planned.measures.tables]);
  const verified =
    after !== null &&
    isNoDearer(before, after) &&
    (
      await compareResults(stage, {
        original: form.rowByRow,
        rewritten: form.unsorted,
        samples: source.query.samples,
        tables: stage.tables.filter(({ schema, name }) => names.has(`${schema}.${name}`)),
      })
    ).kind === 'same';
  return {
    kind: 'query',
    title: `Join them: one query in place of ${(rows + 1).toLocaleString('en-US')}`,
    text: sql,
    verified,
    effect: verified ? effectOfOne(before, after, rows + 1) : null,
    migration: null,
  };
}

/** With the values that the first query was planned with; null where one of them is not known. */
async function costOf(
  session: Session,
  { filled, query: { parameterCount } }: PlannedQuery,
  sql: string,
): Promise<number | null> {
  if (filled.length < parameterCount) return null;
  const values = filled.toSorted((a, b) => a.number - b.number).map(({ value }) => parameterText(value));
  const text = withLiterals(sql, values);
  const [planning] = await planAll(session, [{ sql: text, parameterCount: 0, params: [] }]);
  return planning?.kind === 'planned' ? planning.plan.cost.total : null;
}
