import { z } from 'zod';
import type { ExportedColumnStatistics } from '../../model/production.ts';
import { parseArray } from '../../sql/array-literal.ts';
import type { Snapshot } from './snapshot.ts';

/** What decides how statistics are read. */
export interface Reading {
  readonly major: number;
  /** Values of rows never leave the server then. */
  readonly redact: boolean;
}

/** Statistics of one column, in one of the two forms there are. */
export interface FoundStatistics {
  readonly schema: string;
  readonly table: string;
  readonly column: string;
  readonly inherited: boolean;
  /** The delimiter of arrays of the column's type is needed to read lists of values. */
  read(delimiter: string): ExportedColumnStatistics;
}

/** A list of values as text, or where they are to stay on the server only how many there are. */
function listOf(column: string, redact: boolean): string {
  return redact
    ? `NULL::text AS ${column}, cardinality(${column}) AS ${column}_count`
    : `${column}::text AS ${column}, NULL::int AS ${column}_count`;
}

/**
 * A list of tables is met by an index of pg_class: the view is a security barrier, which only leakproof conditions
 * without a join get past. So tables of the same name in other schemas of the list may come along.
 */
function statisticsQuery({ major, redact }: Reading): string {
  // Lengths are differences of two values, so that of a range from 0 is a value.
  const ranges =
    major < 17
      ? 'NULL::text AS lengths, NULL::real AS range_empty_frac, NULL::text AS range_bounds_histogram, NULL::int AS range_bounds_histogram_count'
      : `${redact ? 'NULL::text' : 'range_length_histogram::text'} AS lengths, range_empty_frac, ${listOf('range_bounds_histogram', redact)}`;
  return `
  SELECT schemaname AS schema, tablename AS table, attname AS column, inherited, null_frac, avg_width, n_distinct,
    ${listOf('most_common_vals', redact)}, most_common_freqs, ${listOf('histogram_bounds', redact)}, correlation,
    ${listOf('most_common_elems', redact)}, most_common_elem_freqs, elem_count_histogram, ${ranges}
  FROM pg_stats
  WHERE schemaname = ANY ($1::name[]) AND tablename = ANY ($2::name[])`;
}

const numbers = z.array(z.number()).nullable();
const list = z.string().nullable();
const count = z.number().nullable();

const statisticsRow = z.object({
  schema: z.string(),
  table: z.string(),
  column: z.string(),
  inherited: z.boolean(),
  null_frac: z.number(),
  avg_width: z.number(),
  n_distinct: z.number(),
  most_common_vals: list,
  most_common_vals_count: count,
  most_common_freqs: numbers,
  histogram_bounds: list,
  histogram_bounds_count: count,
  correlation: z.number().nullable(),
  most_common_elems: list,
  most_common_elems_count: count,
  most_common_elem_freqs: numbers,
  elem_count_histogram: numbers,
  lengths: list,
  range_empty_frac: z.number().nullable(),
  range_bounds_histogram: list,
  range_bounds_histogram_count: count,
});
type StatisticsRow = z.infer<typeof statisticsRow>;

/** Statistics of columns of tables, or of expressions of indexes, as far as the role may read them. */
export async function findStatistics(
  snapshot: Snapshot,
  reading: Reading,
  relations: readonly { readonly schema: string; readonly name: string }[],
): Promise<readonly FoundStatistics[]> {
  if (relations.length === 0) return [];
  const schemas = [...new Set(relations.map(({ schema }) => schema))];
  const names = [...new Set(relations.map(({ name }) => name))];
  const rows = await snapshot.query(statisticsQuery(reading), statisticsRow, [schemas, names]);
  return rows.map((row) => ({
    schema: row.schema,
    table: row.table,
    column: row.column,
    inherited: row.inherited,
    read: (delimiter) => toStatistics(row, delimiter),
  }));
}

function toStatistics(row: StatisticsRow, delimiter: string): ExportedColumnStatistics {
  const bounds = boundsOf(row.range_bounds_histogram, row.range_bounds_histogram_count, ',');
  return {
    nullFraction: row.null_frac,
    width: row.avg_width,
    distinct: row.n_distinct,
    mostCommon:
      row.most_common_freqs === null
        ? null
        : { values: valuesOf(row.most_common_vals, delimiter), shares: row.most_common_freqs },
    histogram: boundsOf(row.histogram_bounds, row.histogram_bounds_count, delimiter),
    correlation: row.correlation,
    elements:
      row.most_common_elem_freqs === null && row.elem_count_histogram === null
        ? null
        : {
            mostCommon: {
              values: valuesOf(row.most_common_elems, delimiter),
              shares: row.most_common_elem_freqs ?? [],
            },
            counts: row.elem_count_histogram,
          },
    ranges:
      row.lengths === null && row.range_empty_frac === null && bounds === null
        ? null
        : {
            lengths: row.lengths === null ? null : valuesOf(row.lengths, ',').map(Number),
            emptyFraction: row.range_empty_frac,
            bounds,
          },
  };
}

function boundsOf(text: string | null, count: number | null, delimiter: string) {
  if (text === null) return count === null ? null : { values: [], count };
  const values = valuesOf(text, delimiter);
  return { values, count: values.length };
}

function valuesOf(text: string | null, delimiter: string): readonly string[] {
  if (text === null) return [];
  const values = parseArray(text, delimiter);
  if (values === null) throw new Error('pg_stats shows a list of values that is no array');
  // Nulls are counted in null_frac and never listed.
  return values.filter((each) => each !== null);
}
