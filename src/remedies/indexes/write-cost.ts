import { methodFactors } from '../../estimates/assumptions.ts';
import type { WriteCost } from '../../model/advice.ts';
import type { Index } from '../../model/catalogue.ts';
import { pageSize } from '../../model/statistics.ts';
import type { SizedTable } from '../../statistics/tables.ts';
import type { Write } from './workload.ts';

/** Planner cost of a page that is neither in order nor in memory (random_page_cost), and of one operator. */
const randomPage = 4;
const operator = 0.0025;
/** What going down one level of a B-tree costs (DEFAULT_PAGE_CPU_MULTIPLIER times cpu_operator_cost in selfuncs.c). */
const level = 50 * operator;
/** Pages that one inner page of a B-tree leads to, about. */
const fanOut = 250;

/**
 * What entering one row costs: finding the leaf as a search does, and reading and writing that one page. Other methods
 * are taken to cost more or less than a B-tree as building them does.
 */
function costPerRow({ rows }: SizedTable, { method }: Index, bytes: number): number {
  const pages = Math.max(1, bytes / pageSize);
  const height = Math.ceil(Math.log(pages) / Math.log(fanOut));
  const descent = Math.log2(Math.max(2, rows)) * operator + (height + 1) * level;
  return (descent + randomPage) * (methodFactors.get(method) ?? 1);
}

/**
 * What an index costs the captured queries. An update leaves all indexes alone where it changes no column of any (HOT,
 * PostgreSQL documentation, "Heap-Only Tuples"); otherwise it enters the new version of the row into each.
 */
export function writeCost(
  table: SizedTable,
  index: Index,
  bytes: number,
  writes: readonly Write[],
): WriteCost & { readonly total: number } {
  const indexed = [...table.indexes, index].flatMap(columnsOf);
  const all = writes.filter(
    ({ columns }) => columns === null || columns.some((name) => indexed.includes(name)),
  );
  const perRow = costPerRow(table, index, bytes);
  const calls = all.reduce((sum, write) => sum + write.calls, 0);
  const total = all.reduce((sum, write) => sum + write.calls * write.rowsPerCall * perRow, 0);
  return { calls, perCall: calls === 0 ? perRow : total / calls, total };
}

/** Columns whose change enters the index; of an expression or a condition, every word may be one. */
function columnsOf({ keys, included, predicate }: Index): readonly string[] {
  const texts = [...keys.map(({ expression }) => expression), predicate].flatMap((text) => text ?? []);
  return [
    ...keys.flatMap(({ column }) => column ?? []),
    ...included,
    ...texts.flatMap((text) => text.match(/[\p{L}_][\p{L}\p{N}_$]*/gu) ?? []),
  ];
}
