import { type LockMode, lockModes } from '../model/observation.ts';
import type { Session } from '../model/server.ts';

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

export interface ScanCount {
  readonly scans: number;
  readonly rows: number;
}

/** What can be seen from inside a transaction at one moment. */
export interface Snapshot {
  readonly relations: ReadonlyMap<number, RelationState>;
  /** All modes that this session holds, by relation. */
  readonly locks: ReadonlyMap<number, readonly LockMode[]>;
  /** Sequential scans since the transaction began, by table. */
  readonly scans: ReadonlyMap<number, ScanCount>;
}

// Names and operators are qualified: a migration may have set `search_path` to anything. 16384 is the first oid
// that belongs to users (FirstNormalObjectId).
const equal = 'OPERATOR(pg_catalog.=)';
const fromUsers = 'OPERATOR(pg_catalog.>=) 16384';

const relationsQuery = `
  SELECT c.oid, n.nspname, c.relname, c.relkind::pg_catalog.text, c.relfilenode, i.indrelid
  FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid ${equal} c.relnamespace
    LEFT JOIN pg_catalog.pg_index i ON i.indexrelid ${equal} c.oid
  WHERE c.oid ${fromUsers} AND c.relpersistence OPERATOR(pg_catalog.<>) 't'
    AND n.nspname OPERATOR(pg_catalog.<>) 'pg_toast'`;

const locksQuery = `
  SELECT l.relation, l.mode FROM pg_catalog.pg_locks l
  WHERE l.pid ${equal} pg_catalog.pg_backend_pid() AND l.locktype ${equal} 'relation' AND l.relation ${fromUsers}`;

const scansQuery = `
  SELECT s.relid, s.seq_scan::pg_catalog.float8 AS scans, s.seq_tup_read::pg_catalog.float8 AS rows
  FROM pg_catalog.pg_stat_xact_all_tables s
  WHERE s.relid ${fromUsers} AND s.seq_scan OPERATOR(pg_catalog.>) 0`;

/** Reads the state in one round trip, from inside the session that runs the migration. */
export async function takeSnapshot(session: Session): Promise<Snapshot> {
  const [relations, locks, scans] = await Promise.all([
    session.query(relationsQuery),
    session.query(locksQuery),
    session.query(scansQuery),
  ]);
  const modes = new Map<number, LockMode[]>();
  for (const row of locks) {
    const mode = lockModes.find((each) => each === row['mode']);
    if (mode === undefined) continue;
    const oid = Number(row['relation']);
    modes.set(oid, [...(modes.get(oid) ?? []), mode]);
  }
  return {
    relations: new Map(
      relations.map((row) => [
        Number(row['oid']),
        {
          oid: Number(row['oid']),
          name: `${row['nspname']}.${row['relname']}`,
          kind: String(row['relkind']),
          fileNode: Number(row['relfilenode']),
          indexOf: row['indrelid'] === null ? null : Number(row['indrelid']),
        },
      ]),
    ),
    locks: modes,
    scans: new Map(
      scans.map((row) => [Number(row['relid']), { scans: Number(row['scans']), rows: Number(row['rows']) }]),
    ),
  };
}
