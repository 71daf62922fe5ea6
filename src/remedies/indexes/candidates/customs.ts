import type { SizedTable } from '../../../statistics/tables.ts';
import type { Demand, DemandedKey } from '../demand.ts';

/** The operator class that finds substrings, and what it takes to have it. */
export interface Trigrams {
  /** As it is written in CREATE INDEX. */
  readonly operatorClass: string;
  readonly requires: string | null;
}

/** What all queries of the workload have in common. */
export interface Customs {
  /** How many demands compare a key by `=`. */
  frequency(table: SizedTable, key: DemandedKey): number;
  /** Whether nobody compares a column with another value than the constant that one query always has. */
  isAlwaysSame(table: SizedTable, column: string): boolean;
  /** Null where the server does not have them. */
  readonly trigrams: Trigrams | null;
}

export function customsOf(demands: readonly Demand[], trigrams: Trigrams | null): Customs {
  const frequencies = new Map<string, number>();
  const constants = new Map<string, Set<string>>();
  for (const demand of demands) {
    const { table, equal, joined, constant } = demand;
    for (const { text } of [...equal, ...joined.flat()]) {
      const key = `${table.name} ${text}`;
      frequencies.set(key, (frequencies.get(key) ?? 0) + 1);
    }
    for (const { column } of equal) {
      const key = `${table.name} ${column}`;
      const same = constant.find((each) => each.operator === '=' && each.demanded.column === column);
      constants.set(key, (constants.get(key) ?? new Set()).add(same === undefined ? 'varies' : same.text));
    }
  }
  return {
    frequency: (table, { text }) => frequencies.get(`${table.name} ${text}`) ?? 0,
    isAlwaysSame: (table, column) => {
      const found = constants.get(`${table.name} ${column}`);
      return found !== undefined && found.size === 1 && !found.has('varies');
    },
    trigrams,
  };
}
