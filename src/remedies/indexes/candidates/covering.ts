import { typicalWidth } from '../../../statistics/width.ts';
import { btree, type IndexDefinition } from '../definition.ts';
import type { Demand } from '../demand.ts';
import type { Customs } from './customs.ts';
import { keyLists } from './ordinary.ts';

/** Columns that an index carries along at most, and their bytes. */
const mostIncluded = 3;
const widestIncluded = 32;

/** B-trees that hold all that a query needs of the table, so that the table itself is left alone. */
export function covering(demand: Demand, customs: Customs): readonly IndexDefinition[] {
  const { table, needed } = demand;
  if (needed === null) return [];
  return keyLists(demand, customs).flatMap((keys) => {
    if (keys.some(({ column }) => column === null)) return [];
    const included = needed.filter((name) => keys.every(({ column }) => column !== name));
    const columns = table.columns.filter(({ name }) => included.includes(name));
    const width = columns.reduce(
      (sum, column) => sum + (table.statistics.get(column.name)?.width ?? typicalWidth(column)),
      0,
    );
    if (included.length === 0 || included.length > mostIncluded || width > widestIncluded) return [];
    return [btree(table.name, keys, { included })];
  });
}
