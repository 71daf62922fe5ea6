import type { ChangedRows, Scan } from '../model/observation.ts';
import type { Session } from '../model/server.ts';
import type { ChangedTable } from './effects.ts';
import type { RelationState, Relations } from './snapshot.ts';

/** What counters leave open is asked for after a statement that wrote tables anew or changed rows. */

/**
 * Tables whose new file is empty though nothing read the old one: TRUNCATE, which only builds each index anew. A
 * rewrite reads the table besides, and a copy to another tablespace leaves as much as there was.
 */
export async function emptiedTables(
  session: Session,
  rewritten: readonly RelationState[],
  scans: readonly Scan[],
): Promise<ReadonlySet<string>> {
  const candidates = rewritten.filter(({ kind }) => kind === 'r');
  const empty = candidates.map(async ({ oid, name }) => {
    const scan = scans.find(({ relation }) => relation === name);
    if (scan !== undefined && scan.rows > 0) return [];
    // Of its indexes, those count that are there now: a rewrite may have replaced some.
    const [row] = await session.query(
      `SELECT pg_catalog.pg_relation_size($1)::pg_catalog.float8 AS size,
         (SELECT pg_catalog.count(*)::pg_catalog.float8 FROM pg_catalog.pg_index i
          WHERE i.indrelid OPERATOR(pg_catalog.=) $1::pg_catalog.oid) AS indexes`,
      [oid],
    );
    const isUnread = scan === undefined || scan.scans <= Number(row?.['indexes']);
    return isUnread && Number(row?.['size']) === 0 ? [name] : [];
  });
  return new Set((await Promise.all(empty)).flat());
}

/** How many rows there were before the change to them, told from how many there are now. */
export function withRowCounts(
  session: Session,
  changed: readonly ChangedTable[],
  relations: Relations,
): Promise<readonly ChangedRows[]> {
  const counted = changed.map(async ({ oid, ...rows }): Promise<ChangedRows> => {
    const identifier = relations.get(oid)?.identifier;
    const [row] = await session.query(
      `SELECT pg_catalog.count(*)::pg_catalog.float8 AS rows FROM ONLY ${identifier}`,
    );
    return { ...rows, of: Number(row?.['rows']) - rows.inserted + rows.deleted };
  });
  return Promise.all(counted);
}
