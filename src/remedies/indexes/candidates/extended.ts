import { btree, type DefinedKey, type IndexDefinition } from '../definition.ts';
import type { Demand } from '../demand.ts';
import type { Customs } from './customs.ts';
import { existingKeys, without } from './keys.ts';
import { keyLists } from './ordinary.ts';

/** Indexes that are there, with further keys: the old one is then needed no longer. */
export function extended(demand: Demand, customs: Customs): readonly IndexDefinition[] {
  const { table } = demand;
  return table.indexes.flatMap((index) => {
    const keys = index.method === 'btree' && index.predicate === null ? existingKeys(index) : null;
    if (keys === null || index.unique || !index.valid || index.included.length > 0) return [];
    return keyLists(demand, customs)
      .filter((wanted) => wanted.length > keys.length && startsAlike(wanted, keys))
      .map((wanted) => btree(table.name, [...keys, ...without(wanted, keys)]));
  });
}

/** Whether the keys of the one are all among the first of the other. */
function startsAlike(wanted: readonly DefinedKey[], keys: readonly DefinedKey[]): boolean {
  const first = wanted.slice(0, keys.length).map(({ text }) => text);
  return keys.every(({ text }) => first.includes(text));
}
