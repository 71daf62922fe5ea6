import type { Catalogue, Table } from '../model/catalogue.ts';
import type { ExportedIndex } from '../model/production.ts';
import type { Unchecked } from '../model/review.ts';
import type { FileSize, Sandbox, Session } from '../model/server.ts';
import { pageSize, type Sizes, type TableStatistics } from '../model/statistics.ts';
import { type Entry, writeColumnStatistics } from './column-statistics.ts';
import { columnEntries, expressionEntries } from './entries.ts';
import { writeExtendedStatistics } from './import/extended.ts';
import { expressionTypes, matchIndexes } from './import/indexes.ts';
import { estimatedIndexSize, importedIndexSize, type StorageSize } from './index-sizes.ts';
import { type PartialIndex, partialIndexShares } from './partial-shares.ts';
import { withOwnNames } from './search-path.ts';

/** Sessions in the database that is to become a twin. */
export interface TwinSessions {
  /** Writes catalogues, and runs nothing that the schema holds. */
  readonly superuser: Session;
  /** Whoever owns the schema, and may run its functions. */
  readonly owner: Session;
}

/**
 * Makes a database look production-sized to the planner: it takes the number of pages from the length of the
 * files (RelationGetNumberOfBlocks), which are extended sparsely, row density from pg_class, and selectivities
 * from pg_statistic. Nothing may change the schema afterwards, and ANALYZE and VACUUM would undo it.
 */
export async function growTwin(
  sandbox: Sandbox,
  { superuser, owner }: TwinSessions,
  catalogue: Catalogue,
  sizes: Sizes,
): Promise<readonly Unchecked[]> {
  const indexes = await withOwnNames(superuser, () => matchIndexes(superuser, catalogue, sizes));
  const expressions = await indexExpressions(owner, catalogue, indexes);
  const entries = [...columnEntries(catalogue, sizes), ...expressions.entries];
  const unchecked = await withOwnNames(superuser, async () => {
    if (sandbox.kind === 'external') await keepFromVacuum(superuser);
    const unfitting = [
      ...(await writeColumnStatistics(superuser, entries)),
      ...(await writeExtendedStatistics(superuser, catalogue, sizes)),
    ];
    await resize(sandbox, superuser, await toastSizes(superuser, catalogue, sizes));
    return unfitting;
  });
  await setSizes(owner, catalogue, sizes, indexes, (some) =>
    withOwnNames(superuser, () => resize(sandbox, superuser, some)),
  );
  return [...expressions.unchecked, ...unchecked];
}

/** Indexes as the statistics file has them, by oid. */
export type ImportedIndexes = ReadonlyMap<number, ExportedIndex>;

/**
 * Sets the sizes of all tables and indexes, by whatever means.
 *
 * @param owner a session of who may run what the schema holds, such as functions of conditions
 */
export async function setSizes(
  owner: Session,
  catalogue: Catalogue,
  sizes: Sizes,
  indexes: ImportedIndexes,
  set: (sizes: readonly StorageSize[]) => Promise<void>,
): Promise<void> {
  await set([...tableSizes(catalogue, sizes), ...indexSizes(catalogue, sizes, indexes)]);
  // The planner can say how many rows a partial index covers once it knows the size of the table.
  const partial = estimatedPartialIndexes(catalogue, indexes);
  const shares = await partialIndexShares(owner, partial);
  const covered = partial.flatMap(({ table, index }) => {
    const statistics = sizes.get(table.oid);
    return statistics === undefined
      ? []
      : [estimatedIndexSize(index, statistics, shares.get(index.oid) ?? 1)];
  });
  await set(covered);
}

/**
 * Somebody else's server may run autovacuum, which would take production's size for an error and truncate the files.
 * ALTER TABLE would do, but takes as long for each table as this for all.
 */
async function keepFromVacuum(superuser: Session): Promise<void> {
  await superuser.query(
    `UPDATE pg_class SET reloptions = array_append(
       array(SELECT option FROM unnest(reloptions) AS option WHERE option !~ '^autovacuum_enabled='),
       'autovacuum_enabled=false')
     WHERE relkind IN ('r', 'm') AND oid >= 16384`,
  );
}

async function indexExpressions(
  owner: Session,
  { tables }: Catalogue,
  indexes: ImportedIndexes,
): Promise<{ readonly entries: readonly Entry[]; readonly unchecked: readonly Unchecked[] }> {
  const asked = tables.flatMap((table) =>
    table.indexes.flatMap((index) => {
      const exported = indexes.get(index.oid);
      return exported === undefined || exported.expressions.length === 0 ? [] : [{ table, index, exported }];
    }),
  );
  const answers = await Promise.all(
    asked.map(async ({ table, index, exported }) => {
      const { types, unchecked } = await expressionTypes(owner, table, index);
      return { entries: expressionEntries(index, exported, types), unchecked };
    }),
  );
  return {
    entries: answers.flatMap(({ entries }) => entries),
    unchecked: answers.flatMap(({ unchecked }) => unchecked),
  };
}

function tableSizes({ tables }: Catalogue, sizes: Sizes): readonly StorageSize[] {
  return tables.flatMap(({ oid }) => {
    const statistics = sizes.get(oid);
    if (statistics === undefined) return [];
    const { rows, pages } = statistics.size;
    return [{ oid, rows, pages, allVisible: Math.round(pages * visibleShare(statistics)) }];
  });
}

/** What nobody knows better is taken to be vacuumed. */
function visibleShare({ imported }: TableStatistics): number {
  if (imported === null || imported.relation.pages === 0) return 1;
  return Math.min(1, imported.relation.allVisible / imported.relation.pages);
}

/** Of indexes with storage whose share of the rows is known; a file can only be made longer. */
function indexSizes({ tables }: Catalogue, sizes: Sizes, imported: ImportedIndexes): readonly StorageSize[] {
  return tables.flatMap((table) => {
    const statistics = sizes.get(table.oid);
    if (statistics === undefined) return [];
    return storedIndexes(table).flatMap((index) => {
      const exported = imported.get(index.oid);
      if (exported !== undefined) return [importedIndexSize(index, exported, statistics)];
      return index.predicate === null ? [estimatedIndexSize(index, statistics, 1)] : [];
    });
  });
}

function estimatedPartialIndexes({ tables }: Catalogue, imported: ImportedIndexes): readonly PartialIndex[] {
  return tables.flatMap((table) =>
    storedIndexes(table).flatMap((index) =>
      index.predicate === null || imported.has(index.oid)
        ? []
        : [{ table, index, predicate: index.predicate }],
    ),
  );
}

/** An index of a partitioned table has no storage. */
function storedIndexes(table: Table): Table['indexes'] {
  return table.kind === 'partitioned table' ? [] : table.indexes;
}

async function toastSizes(
  session: Session,
  { tables }: Catalogue,
  sizes: Sizes,
): Promise<readonly StorageSize[]> {
  const pages = new Map(
    tables.flatMap(({ oid }) => {
      const toast = sizes.get(oid)?.imported?.relation.toastPages ?? 0;
      return toast > 0 ? [[oid, toast] as const] : [];
    }),
  );
  if (pages.size === 0) return [];
  const rows = await session.query(
    'SELECT oid, reltoastrelid AS toast FROM pg_class WHERE oid = ANY ($1::oid[]) AND reltoastrelid <> 0',
    [[...pages.keys()]],
  );
  return rows.map((row) => {
    const size = pages.get(Number(row['oid'])) ?? 0;
    // Four chunks fill a page (TOAST_TUPLES_PER_PAGE in heaptoast.h).
    return { oid: Number(row['toast']), rows: size * 4, pages: size, allVisible: size };
  });
}

async function resize(sandbox: Sandbox, session: Session, sizes: readonly StorageSize[]): Promise<void> {
  if (sizes.length === 0) return;
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
    `UPDATE pg_class SET reltuples = size.rows, relpages = size.pages, relallvisible = size.visible
     FROM unnest($1::oid[], $2::float4[], $3::int4[], $4::int4[]) AS size (oid, rows, pages, visible)
     WHERE pg_class.oid = size.oid`,
    [
      oids,
      sizes.map((size) => size.rows),
      sizes.map((size) => blockNumber(size.pages)),
      sizes.map((size) => blockNumber(size.allVisible)),
    ],
  );
}

/** The catalogue keeps a number of pages up to 2^32 - 2 in a signed integer of 32 bits (MaxBlockNumber in block.h). */
function blockNumber(pages: number): number {
  return Math.min(pages, 2 ** 32 - 2) | 0;
}
