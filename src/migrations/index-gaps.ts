import type { IndexObject, Schema, SchemaDifference } from '../model/schema.ts';
import type { CommittedTransaction, PlacedStatement } from './transactions.ts';

/** An index, by its qualified name, and the statement that took it away or built it. */
export interface IndexChange {
  readonly index: string;
  /** Its own table, which may be a partition. */
  readonly table: string;
  readonly by: PlacedStatement;
}

/** A table that has lost an index that it had at base, until a later transaction of the change builds one. */
export interface IndexGap {
  /** Qualified name at base; of a partition, that of its partitioned table. */
  readonly table: string;
  /** What the transaction before the gap took away. */
  readonly lost: readonly [IndexChange, ...IndexChange[]];
  /** What later transactions build on the table, in their order. */
  readonly built: readonly [IndexChange, ...IndexChange[]];
}

/**
 * Tables that queries may find without an index after each of the transactions, although both base and head have one.
 *
 * @param reportAs the table that a partition belongs to; other tables are their own
 * @returns the gaps that begin with each transaction
 */
export function indexGaps(
  transactions: readonly CommittedTransaction[],
  base: Schema,
  reportAs: (table: string) => string,
): readonly (readonly IndexGap[])[] {
  return transactions.map((transaction, position) => {
    const lost = Map.groupBy(lostIn(transaction, base), ({ table }) => reportAs(table));
    const later = transactions.slice(position + 1).flatMap((each) => each.flatMap(builtBy));
    return [...lost].flatMap(([table, [firstLost, ...moreLost]]): readonly IndexGap[] => {
      const [built, ...moreBuilt] = later.filter((each) => reportAs(each.table) === table);
      if (firstLost === undefined || built === undefined) return [];
      return [{ table, lost: [firstLost, ...moreLost], built: [built, ...moreBuilt] }];
    });
  });
}

/** Valid indexes of the base that are gone or invalid when the transaction has committed. */
function lostIn(transaction: CommittedTransaction, base: Schema): readonly IndexChange[] {
  const changes = new Map<string, IndexChange | null>();
  for (const by of transaction) {
    for (const difference of by.statement.differences) {
      const { object, isUsable } = indexAfter(difference) ?? {};
      if (object === undefined) continue;
      const before = base.get(object.key);
      if (before?.kind !== 'index' || !before.valid) continue;
      // ROLLBACK TO brings back what was gone.
      changes.set(object.key, isUsable === true ? null : { index: before.name, table: before.table, by });
    }
  }
  return [...changes.values()].filter((change) => change !== null);
}

/** The index that a difference is about, and whether queries can use it from then on. */
function indexAfter(
  difference: SchemaDifference,
): { readonly object: IndexObject; readonly isUsable: boolean } | null {
  const object = difference.kind === 'altered' ? difference.after : difference.object;
  if (object.kind !== 'index') return null;
  return { object, isUsable: difference.kind !== 'dropped' && object.valid };
}

function builtBy(by: PlacedStatement): readonly IndexChange[] {
  return by.statement.indexesBuilt.map(({ index, relation }) => ({ index, table: relation, by }));
}
