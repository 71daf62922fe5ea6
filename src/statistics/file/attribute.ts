import type { ExportedColumnStatistics } from '../../model/production.ts';
import { parseArray } from '../../sql/array-literal.ts';

type Values = ReadonlyMap<string, string>;

/** Statistics of a column from the arguments of `pg_restore_attribute_stats`, which are named as in pg_stats. */
export function attributeStatistics(values: Values): ExportedColumnStatistics {
  const shares = numbersIn(values, 'most_common_freqs');
  const elementShares = numbersIn(values, 'most_common_elem_freqs');
  const elementCounts = numbersIn(values, 'elem_count_histogram');
  const lengths = numbersIn(values, 'range_length_histogram');
  const empty = numberIn(values, 'range_empty_frac');
  const bounds = boundsIn(values, 'range_bounds_histogram');
  return {
    nullFraction: numberIn(values, 'null_frac') ?? 0,
    width: numberIn(values, 'avg_width') ?? 0,
    distinct: numberIn(values, 'n_distinct') ?? 0,
    mostCommon: shares && { values: listIn(values, 'most_common_vals') ?? [], shares },
    histogram: boundsIn(values, 'histogram_bounds'),
    correlation: numberIn(values, 'correlation'),
    elements:
      elementShares === null && elementCounts === null
        ? null
        : {
            mostCommon: { values: listIn(values, 'most_common_elems') ?? [], shares: elementShares ?? [] },
            counts: elementCounts,
          },
    ranges:
      lengths === null && empty === null && bounds === null
        ? null
        : { lengths, emptyFraction: empty, bounds },
  };
}

function numberIn(values: Values, name: string): number | null {
  const text = values.get(name);
  return text === undefined ? null : Number(text);
}

function numbersIn(values: Values, name: string): readonly number[] | null {
  return listIn(values, name)?.map(Number) ?? null;
}

function boundsIn(values: Values, name: string) {
  const list = listIn(values, name);
  return list && { values: list, count: list.length };
}

function listIn(values: Values, name: string): readonly string[] | null {
  const text = values.get(name);
  const list = text === undefined ? null : parseArray(text);
  return list?.filter((each) => each !== null) ?? null;
}
