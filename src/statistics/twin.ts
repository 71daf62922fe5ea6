import { escapeIdentifier } from 'pg';
import { z } from 'zod';
import type { Catalogue, Index } from '../model/catalogue.ts';
import type { Unchecked } from '../model/review.ts';
import type { FileSize, Sandbox, Session } from '../model/server.ts';
import { type ColumnStatistics, pageSize, type Sizes, type TableStatistics } from '../model/statistics.ts';
import { writeColumnStatistics } from './column-statistics.ts';
import { indexPages } from './pages.ts';

/** Rows and pages of a table or index, as pg_class is to have them. */
interface StorageSize {
  readonly oid: number;
  readonly rows: number;
  readonly pages: number;
}

/**
 * Makes a database look production-sized to the planner: it takes the number of pages from the length of the
 * files (RelationGetNumberOfBlocks), which are extended sparsely, row density from pg_class, and selectivities
 * from pg_statistic. Nothing may change the schema afterwards, and ANALYZE and VACUUM would undo it.
 *
 * @param session as superuser, in that database
 */
export async function growTwin(
  sandbox: Sandbox,
  session: Session,
  catalogue: Catalogue,
  sizes: Sizes,
): Promise<readonly Unchecked[]> {
  const unchecked = await writeColumnStatistics(session, catalogue, sizes);
  // The planner can say how many rows a partial index covers once it knows the size of the table.
  await resize(sandbox, session, storageSizes(catalogue, sizes, new Map()));
  const shares = await partialIndexShares(session, catalogue, sizes);
  if (shares.size > 0) {
    const all = storageSizes(catalogue, sizes, shares);
    await resize(
      sandbox,
      session,
      all.filter(({ oid }) => shares.has(oid)),
    );
  }
  return unchecked;
}

/**
 * Sizes of all tables and indexes.
 *
 * @param shares share of its table's rows that each partial index covers; those not in it are left out, since a
 * file can only be made longer
 */
function storageSizes(
  catalogue: Catalogue,
  sizes: Sizes,
  shares: ReadonlyMap<number, number>,
): readonly StorageSize[] {
  return catalogue.tables.flatMap((table) => {
    const statistics = sizes.get(table.oid);
    if (statistics === undefined) return [];
    const { rows, pages } = statistics.size;
    // A partitioned table has no storage, but a number of rows.
    const indexes = table.kind === 'partitioned table' ? [] : table.indexes;
    return [
      { oid: table.oid, rows, pages },
      ...indexes.flatMap((index) => {
        const share = index.predicate === null ? 1 : shares.get(index.oid);
        return share === undefined ? [] : [indexSize(index, statistics, share)];
      }),
    ];
  });
}

function indexSize(index: Index, { size, columns }: TableStatistics, share: number): StorageSize {
  const rows = Math.ceil(size.rows * share);
  const byName = new Map(columns.map((column) => [column.column, column]));
  const keys = [...index.keys.map(({ column }) => column), ...index.included].map((name) =>
    byName.get(name ?? ''),
  );
  // An expression's width is unknown; most yield a text or a number.
  const width = keys.reduce((sum, column) => sum + (column?.width ?? 16), 0);
  const distinct = Math.min(
    rows,
    keys.reduce((product, column) => product * distinctCount(column, rows), 1),
  );
  return { oid: index.oid, rows, pages: indexPages(index, { rows, width, distinct }) };
}

/** PostgreSQL takes 200 where it knows nothing (DEFAULT_NUM_DISTINCT in selfuncs.h). */
function distinctCount(column: ColumnStatistics | undefined, rows: number): number {
  const distinct = column?.distinct ?? 0;
  if (distinct === 0) return Math.min(rows, 200);
  return distinct < 0 ? -distinct * rows : distinct;
}

async function resize(sandbox: Sandbox, session: Session, sizes: readonly StorageSize[]): Promise<void> {
  const oids = sizes.map(({ oid }) => oid);
  const rows = await session.query(
    `SELECT oid, pg_relation_filepath(oid) AS path, pg_relation_size(oid)::float8 AS bytes
     FROM unnest($1::oid[]) AS oid`,
    [oids],
  );
  const pages = new Map(sizes.map((size) => [size.oid, size.pages]));
  const files = rows.flatMap((row): readonly FileSize[] => {
    const bytes = (pages.get(Number(row['oid'])) ?? 0) * pageSize;
    if (row['path'] === null) return [];
    return [{ path: String(row['path']), bytes: Math.max(bytes, Number(row['bytes'])) }];
  });
  await sandbox.grow(files);
  await session.query(
    `UPDATE pg_class SET reltuples = size.rows, relpages = size.pages, relallvisible = size.pages
     FROM unnest($1::oid[], $2::float4[], $3::int4[]) AS size (oid, rows, pages) WHERE pg_class.oid = size.oid`,
    [oids, sizes.map((size) => size.rows), sizes.map((size) => size.pages)],
  );
}

const explained = z.tuple([z.object({ Plan: z.object({ 'Plan Rows': z.number() }) })]);

/** The share of a table's rows that each partial index covers: the planner is asked. */
async function partialIndexShares(
  session: Session,
  catalogue: Catalogue,
  sizes: Sizes,
): Promise<ReadonlyMap<number, number>> {
  const partial = catalogue.tables.flatMap((table) =>
    table.indexes.flatMap((index) =>
      index.predicate === null ? [] : [{ table, index, predicate: index.predicate }],
    ),
  );
  const shares = await Promise.all(
    partial.map(async ({ table, index, predicate }): Promise<readonly [number, number]> => {
      const name = `${escapeIdentifier(table.schema)}.${escapeIdentifier(table.name)}`;
      const [row] = await session.query(`EXPLAIN (FORMAT JSON) SELECT FROM ONLY ${name} WHERE ${predicate}`);
      const [{ Plan: plan }] = explained.parse(row?.['QUERY PLAN']);
      const total = sizes.get(table.oid)?.size.rows ?? 0;
      return [index.oid, total === 0 ? 1 : Math.min(1, plan['Plan Rows'] / total)];
    }),
  );
  return new Map(shares);
}
