import type { Listed } from './relations.ts';

/** Tables that are read at a time. More of them hardly save round trips. */
const mostTables = 200;

/** Values of statistics that are read at a time, so that they fit into memory; of one table all are. */
const mostValues = 400_000;

/**
 * Tables in parts that are read at a time, in their order.
 *
 * @param target values that the server keeps of a column in each of its lists (default_statistics_target)
 */
export function* chunksOf(tables: readonly Listed[], target: number): Generator<readonly Listed[]> {
  let chunk: Listed[] = [];
  let values = 0;
  for (const table of tables) {
    const more = table.columns * target;
    if (chunk.length > 0 && (chunk.length === mostTables || values + more > mostValues)) {
      yield chunk;
      chunk = [];
      values = 0;
    }
    chunk.push(table);
    values += more;
  }
  if (chunk.length > 0) yield chunk;
}
