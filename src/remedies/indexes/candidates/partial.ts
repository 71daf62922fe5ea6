import { btree, type IndexDefinition, plainKey } from '../definition.ts';
import type { Demand } from '../demand.ts';
import type { Customs } from './customs.ts';
import { keyLists } from './ordinary.ts';

/** Share of the rows above which a condition on a value is none for a partial index. */
const mostOfRows = 0.25;

/** B-trees of the rows for which a condition holds that queries always have. */
export function partial(demand: Demand, customs: Customs): readonly IndexDefinition[] {
  const { table } = demand;
  const primary = table.indexes.find((index) => index.primary)?.keys[0]?.column ?? null;
  return demand.constant
    .filter((condition) => isFit(demand, customs, condition))
    .flatMap((condition) => {
      const { column } = condition.demanded;
      const keys = keyLists(demand, customs)
        .map((list) => list.filter((key) => key.column !== column))
        .filter((list) => list.length > 0);
      const alone = primary === null ? [] : [[plainKey(primary, primary)]];
      return [...keys, ...alone].map((list) => btree(table.name, list, { predicate: condition.text }));
    });
}

function isFit(
  { table }: Demand,
  customs: Customs,
  { demanded: { column }, operator, constant }: Demand['constant'][number],
): boolean {
  if (column === null) return false;
  const known = table.statistics.get(column);
  const nulls = known?.nullFraction ?? 0;
  switch (operator) {
    case 'IS NULL':
      return nulls > 0;
    case 'IS NOT NULL':
      return nulls > 1 - mostOfRows;
    case 'IS TRUE':
    case 'IS FALSE':
      return true;
    default: {
      const shares = known === undefined || known.redacted ? [] : known.mostCommon;
      const rest = 1 - shares.reduce((sum, { share }) => sum + share, 0);
      const others = Math.max(1, (known?.distinct ?? 0) - shares.length);
      const share = shares.find(({ value }) => value === constant)?.share ?? rest / others;
      return customs.isAlwaysSame(table, column) && share < mostOfRows;
    }
  }
}
