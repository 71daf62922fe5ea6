import type { Index } from '../model/catalogue.ts';
import type { Throughput, Work } from '../model/estimate.ts';
import type { SizedTable } from '../statistics/tables.ts';
import { aligned } from '../statistics/width.ts';
import { methodFactors } from './assumptions.ts';
import { exactly, secondsAt, sumOf, times } from './range.ts';

/** Bytes of an expression's value, which is mostly a text or a number. */
const expressionWidth = 16;
/** Bytes of an index tuple's header and of the pointer to it in its page (IndexTupleData, ItemIdData). */
const tupleOverhead = 12;
/** The key that the assumed rows a second are those of: a bigint. */
const usualWidth = 8;

/**
 * A build reads the table and sorts the keys, one after the other. What is sorted are index tuples, so that the
 * time goes by their size: measured, a text of 32 bytes takes 2.3 to 3 times as long as a bigint, 2.6 by this.
 *
 * @param index null where nothing is known of it
 * @param passes how often the table is read: twice by CONCURRENTLY (PostgreSQL documentation, CREATE INDEX)
 */
export function indexBuild(
  table: SizedTable,
  index: Index | null,
  passes: number,
  throughput: Throughput,
): Work {
  const bytes = table.bytes * passes;
  const factor = index === null ? 1 : sizeFactor(table, index) * (methodFactors.get(index.method) ?? 1);
  return {
    kind: 'index build',
    relation: table.name,
    rows: table.rows,
    bytes,
    seconds: sumOf([
      secondsAt(exactly(bytes), throughput.read),
      times(secondsAt(exactly(table.rows), throughput.indexRows), factor),
    ]),
  };
}

/** Size of an index tuple against that of a bigint. */
function sizeFactor({ statistics }: SizedTable, { keys, included }: Index): number {
  const names = [...keys.map(({ column }) => column), ...included];
  const width = names.reduce((sum, name) => sum + (statistics.get(name ?? '')?.width ?? expressionWidth), 0);
  return (tupleOverhead + aligned(width)) / (tupleOverhead + usualWidth);
}
