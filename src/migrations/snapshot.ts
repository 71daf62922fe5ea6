import { type LockMode, lockModes } from '../model/observation.ts';
import type { Row, Session } from '../model/server.ts';

/** A table, index, sequence or view as pg_class has it. */
export interface RelationState {
  readonly oid: number;
  readonly name: string;
  /** relkind: `r` table, `p` partitioned table, `m` materialised view, `i` index, `I` partitioned index ... */
  readonly kind: string;
  /** Names the file with its storage; another one means that it was written anew. 0 where it has none. */
  readonly fileNode: number;
  /** For an index, the oid of its table. */
  readonly indexOf: number | null;
}

export type Relations = ReadonlyMap<number, RelationState>;

interface ScanCount {
  readonly scans: number;
  readonly rows: number;
}

/** What can be seen from inside a session at one moment. */
export interface Snapshot {
  readonly relations: Relations;
  /** All modes that this session holds, by relation. */
  readonly locks: ReadonlyMap<number, readonly LockMode[]>;
  /** Sequential scans that the session has not yet reported, by table. */
  readonly scans: ReadonlyMap<number, ScanCount>;
}

// Names and operators are qualified: a migration may have set `search_path` to anything. 16384 is the first oid
// that belongs to users (FirstNormalObjectId).
const equal = 'OPERATOR(pg_catalog.=)';
const fromUsers = 'OPERATOR(pg_catalog.>=) 16384';

const states = 'c.oid, n.nspname, c.relname, c.relkind::pg_catalog.text, c.relfilenode, i.indrelid';
const namespace = `LEFT JOIN pg_catalog.pg_namespace n ON n.oid ${equal} c.relnamespace`;
const index = `LEFT JOIN pg_catalog.pg_index i ON i.indexrelid ${equal} c.oid`;

const relationsQuery = `
  SELECT ${states} FROM pg_catalog.pg_class c ${namespace} ${index}
  WHERE c.oid ${fromUsers} AND c.relpersistence OPERATOR(pg_catalog.<>) 't'
    AND n.nspname OPERATOR(pg_catalog.<>) 'pg_toast'`;

/** A relation that was dropped is still locked, and has no state any more. */
const locksQuery = `
  SELECT l.relation, l.mode, ${states}
  FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_class c ON c.oid ${equal} l.relation ${namespace} ${index}
  WHERE l.pid ${equal} pg_catalog.pg_backend_pid() AND l.locktype ${equal} 'relation' AND l.relation ${fromUsers}`;

const scansQuery = `
  SELECT s.relid, s.seq_scan::pg_catalog.float8 AS scans, s.seq_tup_read::pg_catalog.float8 AS rows
  FROM pg_catalog.pg_stat_xact_all_tables s
  WHERE s.relid ${fromUsers} AND s.seq_scan OPERATOR(pg_catalog.>) 0`;

/** Reads the state of every relation. */
export async function readRelations(session: Session): Promise<Relations> {
  return statesOf(await session.query(relationsQuery));
}

/**
 * What a transaction has done so far. It holds a lock on whatever it has made or changed, so only locked relations
 * are read; the others are as they were.
 */
export async function snapshotInTransaction(session: Session, known: Relations): Promise<Snapshot> {
  const [locked, scans] = await Promise.all([session.query(locksQuery), session.query(scansQuery)]);
  return {
    relations: new Map([...known, ...statesOf(locked.filter((row) => row['oid'] !== null))]),
    locks: locksOf(locked),
    scans: scansOf(scans),
  };
}

/** What can be seen around a statement that runs outside a transaction: its locks are gone when it ends. */
export async function snapshotOutside(session: Session): Promise<Snapshot> {
  const [relations, scans] = await Promise.all([readRelations(session), session.query(scansQuery)]);
  return { relations, locks: new Map(), scans: scansOf(scans) };
}

function statesOf(rows: readonly Row[]): Relations {
  return new Map(
    rows.map((row) => [
      Number(row['oid']),
      {
        oid: Number(row['oid']),
        name: `${row['nspname']}.${row['relname']}`,
        kind: String(row['relkind']),
        fileNode: Number(row['relfilenode']),
        indexOf: row['indrelid'] === null ? null : Number(row['indrelid']),
      },
    ]),
  );
}

function locksOf(rows: readonly Row[]): ReadonlyMap<number, readonly LockMode[]> {
  const byRelation = Map.groupBy(rows, (row) => Number(row['relation']));
  return new Map(
    [...byRelation].map(([oid, locks]) => [
      oid,
      lockModes.filter((mode) => locks.some((lock) => lock['mode'] === mode)),
    ]),
  );
}

function scansOf(rows: readonly Row[]): ReadonlyMap<number, ScanCount> {
  return new Map(
    rows.map((row) => [Number(row['relid']), { scans: Number(row['scans']), rows: Number(row['rows']) }]),
  );
}
