import type { Catalogue } from '../model/catalogue.ts';
import type { Unchecked } from '../model/review.ts';
import type { Session } from '../model/server.ts';
import type { Sizes } from '../model/statistics.ts';
import { formatArray } from '../sql/array-literal.ts';
import { type Entry, saysAnything, writeColumnStatistics } from './column-statistics.ts';
import { columnEntries } from './entries.ts';
import type { StorageSize } from './index-sizes.ts';
import { withOwnNames } from './search-path.ts';
import { setSizes, type TwinSessions } from './twin.ts';

/**
 * Tells the planner how many rows production has, where files cannot be extended: it takes the pages from their real
 * length, and the rows on a page from pg_class. So every table must have a page, which some row gives it. Costs come
 * out lower than with files of production's length.
 */
export async function tellRows(
  { superuser: writer, owner }: TwinSessions,
  catalogue: Catalogue,
  sizes: Sizes,
): Promise<readonly Unchecked[]> {
  const entries = columnEntries(catalogue, sizes);
  const [row] = await writer.query(`SELECT current_setting('is_superuser') AS superuser`);
  const isSuperuser = row?.['superuser'] === 'on';
  const unchecked = isSuperuser
    ? await withOwnNames(writer, () => writeColumnStatistics(writer, entries))
    : await restoreColumns(writer, catalogue, entries);
  const sql = isSuperuser ? writeSizes : restoreSizes;
  await setSizes(owner, catalogue, sizes, new Map(), (some) => send(writer, sql, some));
  return unchecked;
}

const sizesAndPages = `
  SELECT c.oid, n.nspname AS schema, c.relname AS name, size.rows,
    CASE WHEN c.relkind IN ('r', 'm', 'i') THEN pg_relation_size(c.oid) / 8192 ELSE 0 END::int4 AS pages
  FROM unnest($1::oid[], $2::float4[]) AS size (oid, rows)
    JOIN pg_class c ON c.oid = size.oid JOIN pg_namespace n ON n.oid = c.relnamespace`;

const writeSizes = `
  UPDATE pg_class SET reltuples = size.rows, relpages = size.pages, relallvisible = size.pages
  FROM (${sizesAndPages}) AS size WHERE pg_class.oid = size.oid`;

/** PostgreSQL documentation, "Database Object Statistics Manipulation Functions". */
const restoreSizes = `
  SELECT pg_restore_relation_stats('schemaname', size.schema::text, 'relname', size.name::text,
    'relpages', size.pages, 'reltuples', size.rows, 'relallvisible', size.pages)
  FROM (${sizesAndPages}) AS size`;

async function send(session: Session, sql: string, sizes: readonly StorageSize[]): Promise<void> {
  await session.query(sql, [sizes.map(({ oid }) => oid), sizes.map(({ rows }) => rows)]);
}

const clearColumns = `
  SELECT pg_clear_attribute_stats(n.nspname::text, c.relname::text, a.attname::text, c.relkind = 'p')
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  WHERE c.oid = ANY ($1::oid[])`;

const restoreColumn = `
  SELECT pg_restore_attribute_stats('schemaname', $1::text, 'relname', $2::text, 'attname', $3::text,
    'inherited', $4::bool, 'null_frac', $5::float4, 'avg_width', $6::int4, 'n_distinct', $7::float4,
    'most_common_vals', $8::text, 'most_common_freqs', $9::float4[], 'histogram_bounds', $10::text,
    'correlation', $11::float4) AS restored`;

/** Values that do not fit their column are refused by themselves, with a warning; the other facts are kept. */
async function restoreColumns(
  session: Session,
  { tables }: Catalogue,
  entries: readonly Entry[],
): Promise<readonly Unchecked[]> {
  await session.query(clearColumns, [tables.map(({ oid }) => oid)]);
  session.notices();
  const byOid = new Map(tables.map((table) => [table.oid, table]));
  const unchecked: Unchecked[] = [];
  for (const { relation, number, inherited, statistics, subject } of entries.filter(saysAnything)) {
    const table = byOid.get(relation);
    const column = table?.columns.find((each) => each.number === number);
    if (table === undefined || column === undefined) continue;
    const { values = [], shares = [] } = statistics.mostCommon ?? {};
    const { values: bounds = [] } = statistics.histogram ?? {};
    const [row] = await session.query(restoreColumn, [
      table.schema,
      table.name,
      column.name,
      inherited,
      statistics.nullFraction,
      Math.round(statistics.width),
      statistics.distinct,
      values.length === 0 ? null : formatArray(values),
      values.length === 0 ? null : `{${shares.join(',')}}`,
      bounds.length === 0 ? null : formatArray(bounds),
      statistics.correlation,
    ]);
    const words = session.notices().map(({ message }) => message);
    if (row?.['restored'] === true) continue;
    const reason = `PostgreSQL does not take all that is stated for it: ${words.join('; ')}`;
    unchecked.push({ subject: `statistics of ${subject}`, reason });
  }
  return unchecked;
}
