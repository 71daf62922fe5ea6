import { escapeIdentifier } from 'pg';
import { type LockMode, lockModes, type SettingsInEffect } from '../model/observation.ts';
import type { Row, Session } from '../model/server.ts';
import { type CatalogueWrites, catalogueWritesQuery, readCatalogueWrites } from './schema/watch.ts';
import { readSettings, settingsColumns } from './settings.ts';

/** A table, index, sequence or view as pg_class has it. */
export interface RelationState {
  readonly oid: number;
  readonly name: string;
  /** The name as it is written in SQL. */
  readonly identifier: string;
  /** relkind: `r` table, `p` partitioned table, `m` materialised view, `i` index, `I` partitioned index ... */
  readonly kind: string;
  /** Names the file with its storage; another one means that it was written anew. 0 where it has none. */
  readonly fileNode: number;
  /** For an index, the oid of its table. */
  readonly indexOf: number | null;
}

export type Relations = ReadonlyMap<number, RelationState>;

/** What a session has done to a table since it last reported it. */
interface Activity {
  readonly scans: number;
  readonly rowsScanned: number;
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
}

/** What can be seen from inside a session at one moment. */
export interface Snapshot {
  readonly relations: Relations;
  /** All modes that this session holds, by relation. */
  readonly locks: ReadonlyMap<number, readonly LockMode[]>;
  /** By table. Only differences within a transaction mean anything. */
  readonly activity: ReadonlyMap<number, Activity>;
  /** Rows of system catalogues that the open transaction has written. */
  readonly catalogueWrites: CatalogueWrites;
  readonly settings: SettingsInEffect;
  /** Bytes of WAL since the server was made. */
  readonly walBytes: number;
}

// Names and operators are qualified: a migration may have set `search_path` to anything. 16384 is the first oid
// that belongs to users (FirstNormalObjectId).
const equal = 'OPERATOR(pg_catalog.=)';
const fromUsers = 'OPERATOR(pg_catalog.>=) 16384';

const states = 'c.oid, n.nspname, c.relname, c.relkind::pg_catalog.text, c.relfilenode, i.indrelid';
const namespace = `LEFT JOIN pg_catalog.pg_namespace n ON n.oid ${equal} c.relnamespace`;
const index = `LEFT JOIN pg_catalog.pg_index i ON i.indexrelid ${equal} c.oid`;

const counters = `
  pg_catalog.pg_stat_get_xact_numscans(c.oid)::pg_catalog.float8 AS scans,
  pg_catalog.pg_stat_get_xact_tuples_returned(c.oid)::pg_catalog.float8 AS rows_scanned,
  pg_catalog.pg_stat_get_xact_tuples_inserted(c.oid)::pg_catalog.float8 AS inserted,
  pg_catalog.pg_stat_get_xact_tuples_updated(c.oid)::pg_catalog.float8 AS updated,
  pg_catalog.pg_stat_get_xact_tuples_deleted(c.oid)::pg_catalog.float8 AS deleted`;

const countersQuery = `
  SELECT c.oid, c.relkind::pg_catalog.text, ${counters} FROM pg_catalog.pg_class c
  WHERE c.oid ${fromUsers} AND c.relkind ${equal} ANY ('{r,p,m}'::pg_catalog."char"[])`;

const relationsQuery = `
  SELECT ${states} FROM pg_catalog.pg_class c ${namespace} ${index}
  WHERE c.oid ${fromUsers} AND c.relpersistence OPERATOR(pg_catalog.<>) 't'
    AND n.nspname OPERATOR(pg_catalog.<>) 'pg_toast'`;

/**
 * A relation that was dropped is still locked, and has no state any more. Whatever was scanned or changed is locked
 * too, so its counters are read along (PostgreSQL documentation, "The Cumulative Statistics System":
 * pg_stat_xact_all_tables is made of these functions).
 */
const locksQuery = `
  SELECT l.relation, l.mode, ${states}, ${counters}
  FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_class c ON c.oid ${equal} l.relation ${namespace} ${index}
  WHERE l.pid ${equal} pg_catalog.pg_backend_pid() AND l.locktype ${equal} 'relation' AND l.relation ${fromUsers}`;

const sessionQuery = `
  SELECT ${settingsColumns},
    pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_insert_lsn(), '0/0')::pg_catalog.float8 AS wal`;

/** Reads the state of every relation. */
export async function readRelations(session: Session): Promise<Relations> {
  return statesOf(await session.repeated(relationsQuery));
}

/**
 * Where a transaction begins, or one goes on that has been looked into. The counters of all tables are read: they
 * still hold what earlier transactions did, since a session reports that only once a second (PGSTAT_MIN_INTERVAL
 * in pgstat.c).
 */
export async function snapshotAtStart(session: Session, known: Relations): Promise<Snapshot> {
  const [counted, snapshot] = await Promise.all([
    session.query(countersQuery),
    snapshotInTransaction(session, known, new Map()),
  ]);
  return { ...snapshot, activity: activityOf(counted) };
}

/**
 * What a transaction has done so far. It holds a lock on whatever it has made or changed, so only locked relations
 * are read; the others are as they were.
 *
 * @param counted counters as they were before
 */
export async function snapshotInTransaction(
  session: Session,
  known: Relations,
  counted: Snapshot['activity'],
): Promise<Snapshot> {
  const [locked, writes, [own = {}]] = await Promise.all([
    session.repeated(locksQuery),
    session.repeated(catalogueWritesQuery),
    session.repeated(sessionQuery),
  ]);
  const existing = locked.filter((row) => row['oid'] !== null);
  return {
    relations: new Map([...known, ...statesOf(existing)]),
    locks: locksOf(locked),
    activity: new Map([...counted, ...activityOf(existing)]),
    catalogueWrites: readCatalogueWrites(writes),
    settings: readSettings(own),
    walBytes: Number(own['wal']),
  };
}

/** What can be seen around a statement that runs outside a transaction: its locks are gone when it ends. */
export async function snapshotOutside(session: Session): Promise<Snapshot> {
  const [relations, [own = {}]] = await Promise.all([readRelations(session), session.repeated(sessionQuery)]);
  return {
    relations,
    locks: new Map(),
    activity: new Map(),
    catalogueWrites: new Map(),
    settings: readSettings(own),
    walBytes: Number(own['wal']),
  };
}

function statesOf(rows: readonly Row[]): Relations {
  return new Map(
    rows.map((row) => [
      Number(row['oid']),
      {
        oid: Number(row['oid']),
        name: `${row['nspname']}.${row['relname']}`,
        identifier: `${escapeIdentifier(String(row['nspname']))}.${escapeIdentifier(String(row['relname']))}`,
        kind: String(row['relkind']),
        fileNode: Number(row['relfilenode']),
        indexOf: row['indrelid'] === null ? null : Number(row['indrelid']),
      },
    ]),
  );
}

/** Lock modes by relation, of rows with `relation` and `mode`. */
export function locksOf(rows: readonly Row[]): ReadonlyMap<number, readonly LockMode[]> {
  const byRelation = Map.groupBy(rows, (row) => Number(row['relation']));
  return new Map(
    [...byRelation].map(([oid, locks]) => [
      oid,
      lockModes.filter((mode) => locks.some((lock) => lock['mode'] === mode)),
    ]),
  );
}

const tableKinds: ReadonlySet<unknown> = new Set(['r', 'p', 'm']);

function activityOf(rows: readonly Row[]): ReadonlyMap<number, Activity> {
  const tables = rows.filter((row) => tableKinds.has(row['relkind']));
  return new Map(
    tables.map((row) => [
      Number(row['oid']),
      {
        scans: Number(row['scans']),
        rowsScanned: Number(row['rows_scanned']),
        inserted: Number(row['inserted']),
        updated: Number(row['updated']),
        deleted: Number(row['deleted']),
      },
    ]),
  );
}
