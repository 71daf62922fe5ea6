import { btree, type IndexDefinition, plainKey } from '../definition.ts';
import type { Demand } from '../demand.ts';
import type { Customs } from './customs.ts';
import { equalityKeys } from './keys.ts';

/**
 * B-trees that find texts by how they begin, whatever the collation (PostgreSQL documentation, "Operator Classes and
 * Operator Families").
 */
export function prefixes(demand: Demand, customs: Customs): readonly IndexDefinition[] {
  return demand.others
    .filter(({ operator, constant }) => operator === '~~' && constant !== null && /^[^%_]/.test(constant))
    .flatMap(({ demanded: { column, text } }) => {
      const key = { ...plainKey(column, text), operatorClass: 'text_pattern_ops' };
      return [[key], ...equalityKeys(demand, customs).map((keys) => [...keys, key])].map((keys) =>
        btree(demand.table.name, keys),
      );
    });
}
