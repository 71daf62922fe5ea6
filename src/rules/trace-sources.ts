import type { TraceStatement } from '../model/trace.ts';
import { linkBetween } from '../sql/rewrite/links.ts';
import { readSelect } from '../sql/rewrite/rewriters.ts';
import type { Tables } from '../sql/rewrite/sources.ts';
import type { Select } from '../sql/rewrite/tree.ts';
import { isQueryOf } from './trace-queries.ts';

/** Whether a foreign key or a name leads from the rows of one query to what another asks for. */
export function isLinked(source: TraceStatement, query: TraceStatement, tables: Tables): boolean {
  const [first, second] = [selectOf(source), selectOf(query)];
  return first !== null && second !== null && linkBetween(first, second, tables) !== null;
}

/** Each is asked about with many others. */
const selects = new WeakMap<TraceStatement, { readonly select: Select | null }>();

function selectOf(statement: TraceStatement): Select | null {
  const read = selects.get(statement) ?? { select: readSelect(statement.sql) };
  selects.set(statement, read);
  return read.select;
}

/**
 * The query before a loop that returned what it goes through: the nearest that keys or names of columns lead from, else the
 * nearest that may have returned as many rows.
 */
export function sourceOf(
  queries: readonly TraceStatement[],
  loop: readonly TraceStatement[],
  tables: Tables,
): TraceStatement | null {
  const [first] = loop;
  const own = new Set(loop.map(({ fingerprint }) => fingerprint));
  const values = new Set(loop.map(({ execution }) => execution)).size;
  const before = queries
    .slice(0, first === undefined ? 0 : queries.indexOf(first))
    .filter(
      (each) =>
        !own.has(each.fingerprint) && (each.rows === null || each.rows > 1) && isQueryOf(each, 'SelectStmt'),
    )
    .toReversed();
  // A row may be asked about more than once, and several pages be gone through one after the other.
  const enough = before.filter(({ rows }) => rows === null || 2 * rows >= values);
  if (first === undefined) return null;
  const distinct = [...new Map(before.map((each) => [each.fingerprint, each])).values()];
  const linked = distinct.filter((each) => isLinked(each, first, tables));
  return linked.find((each) => enough.includes(each)) ?? linked[0] ?? enough[0] ?? null;
}
