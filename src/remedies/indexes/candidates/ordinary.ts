import { btree, type DefinedKey, type IndexDefinition, plainKey } from '../definition.ts';
import type { Demand } from '../demand.ts';
import type { Customs } from './customs.ts';
import { equalityKeys, orderKeys, without } from './keys.ts';

/**
 * B-trees of columns and expressions: what is compared by `=` first, then one range or the order (PostgreSQL
 * documentation, "Multicolumn Indexes").
 */
export function ordinary(demand: Demand, customs: Customs): readonly IndexDefinition[] {
  return keyLists(demand, customs).map((keys) => btree(demand.table.name, keys));
}

/** Lists of keys that serve a demand, the fullest ones among them. */
export function keyLists(demand: Demand, customs: Customs): readonly (readonly DefinedKey[])[] {
  const equal = equalityKeys(demand, customs);
  const ranges = demand.ranges.map(({ column, text }) => [plainKey(column, text)]);
  const orders = demand.orders.map(orderKeys);
  const rests = [...ranges, ...orders];
  return [
    ...equal,
    ...ranges,
    // Rows found in order, and thrown away until enough of them meet the condition, take as long as luck has it.
    ...(demand.equal.length === 0 ? orders : []),
    ...equal.flatMap((keys) => rests.map((rest) => [...keys, ...without(rest, keys)])),
  ].filter((keys) => keys.length > 0);
}
