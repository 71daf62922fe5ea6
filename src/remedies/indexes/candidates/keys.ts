import type { Index } from '../../../model/catalogue.ts';
import type { SizedTable } from '../../../statistics/tables.ts';
import { type DefinedKey, plainKey } from '../definition.ts';
import type { Demand, DemandedKey } from '../demand.ts';
import type { Customs } from './customs.ts';

/** Keys that are compared by `=` beyond these hardly narrow a search. */
const mostEqual = 4;

/** Keys compared by `=` that can be known together, those shared with most other queries first. */
export function equalityKeys(demand: Demand, customs: Customs): readonly (readonly DefinedKey[])[] {
  const { table, equal, joined } = demand;
  const sets = [equal, ...joined, ...joined.map((keys) => [...equal, ...keys])];
  const singles = [...equal, ...joined.flat()].map((key) => [key]);
  return [...sets, ...singles].filter((keys) => keys.length > 0).map((keys) => inOrder(keys, table, customs));
}

function inOrder(keys: readonly DemandedKey[], table: SizedTable, customs: Customs): readonly DefinedKey[] {
  const byText = new Map(keys.map((key) => [key.text, key]));
  return [...byText.values()]
    .toSorted(
      (a, b) =>
        customs.frequency(table, b) - customs.frequency(table, a) ||
        distinctOf(table, b) - distinctOf(table, a) ||
        a.text.localeCompare(b.text, 'en'),
    )
    .slice(0, mostEqual)
    .map(({ column, text }) => plainKey(column, text));
}

function distinctOf({ statistics, rows }: SizedTable, { column }: DemandedKey): number {
  const distinct = statistics.get(column ?? '')?.distinct ?? 0;
  return distinct < 0 ? -distinct * rows : distinct === 0 ? 200 : distinct;
}

/** Keys that yield an order; one that only runs backwards is yielded by an index that runs forwards. */
export function orderKeys(order: Demand['orders'][number]): readonly DefinedKey[] {
  const isBackwards = order.every(({ descending, nullsFirst }) => descending && nullsFirst);
  return order.map(({ column, text, descending, nullsFirst }) =>
    isBackwards ? plainKey(column, text) : { column, text, operatorClass: null, descending, nullsFirst },
  );
}

export function without(keys: readonly DefinedKey[], others: readonly DefinedKey[]): readonly DefinedKey[] {
  return keys.filter(({ text }) => others.every((other) => other.text !== text));
}

/** The keys of an index that is there, as they would be defined; null where they are no plain columns. */
export function existingKeys({ keys }: Index): readonly DefinedKey[] | null {
  const defined = keys.flatMap(({ column, descending, nullsFirst, operatorClass }) =>
    column === null || /_pattern_ops$/.test(operatorClass)
      ? []
      : [{ column, text: column, operatorClass: null, descending, nullsFirst }],
  );
  return defined.length === keys.length ? defined : null;
}
