import { type Lock, lockModes } from '../model/observation.ts';
import type { PlanningLock } from '../model/plan.ts';
import type { Row, Session } from '../model/server.ts';

/**
 * Locks that the session holds, asked for in the transaction that a query was planned in: planning takes what
 * running takes, ACCESS SHARE on what is read, ROW EXCLUSIVE on what is written, ROW SHARE for FOR UPDATE. The
 * function behind pg_locks is called, so that there is no view to be planned each time. 16384 is the first oid that
 * belongs to users (FirstNormalObjectId).
 */
export const ownLocks = `
  SELECT relation, mode FROM pg_catalog.pg_lock_status()
  WHERE pid = pg_catalog.pg_backend_pid() AND relation >= 16384`;

export function readLocks(rows: readonly Row[]): readonly PlanningLock[] {
  return rows.flatMap((row): readonly PlanningLock[] => {
    const mode = lockModes.find((each) => each === row['mode']);
    return mode === undefined ? [] : [{ relation: Number(row['relation']), mode }];
  });
}

const namesQuery = `
  SELECT c.oid, n.nspname || '.' || c.relname AS name FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.oid = ANY ($1::pg_catalog.oid[]) AND c.relkind NOT IN ('i', 'I')`;

/**
 * Names the tables and views among what planning locked; its locks on their indexes say nothing more.
 *
 * @returns the locks of each of the given lists
 */
export async function namedLocks(
  session: Session,
  taken: readonly (readonly PlanningLock[])[],
): Promise<readonly (readonly Lock[])[]> {
  const oids = new Set(taken.flat().map(({ relation }) => relation));
  if (oids.size === 0) return taken.map(() => []);
  const rows = await session.query(namesQuery, [[...oids]]);
  const names = new Map(rows.map((row) => [Number(row['oid']), String(row['name'])]));
  return taken.map((locks) =>
    locks.flatMap(({ relation, mode }): readonly Lock[] => {
      const name = names.get(relation);
      return name === undefined ? [] : [{ relation: name, mode }];
    }),
  );
}

/** The strongest lock on each relation, by its name. */
export function strongestLocks(locks: readonly Lock[]): readonly Lock[] {
  const weakestFirst = locks.toSorted((a, b) => lockModes.indexOf(a.mode) - lockModes.indexOf(b.mode));
  const strongest = new Map(weakestFirst.map((lock) => [lock.relation, lock]));
  return [...strongest.values()].toSorted((a, b) => (a.relation < b.relation ? -1 : 1));
}
