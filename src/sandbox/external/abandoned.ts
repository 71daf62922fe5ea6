import { escapeIdentifier } from 'pg';
import { type Session, StatementFailed } from '../../model/server.ts';

/** What all names of ours begin with: databases `guardrails_<run>_<name>`, roles `guardrails_<run>`. */
export function prefixOf(run: string): string {
  return `guardrails_${run}`;
}

/** By which the sessions of a run are known (application_name). */
export function sessionName(run: string): string {
  return `pg-guardrails ${run}`;
}

/**
 * Drops databases and owner roles of runs that were killed: nobody is connected in their name any more. Only those of
 * roles that this session is a member of, whose sessions it can see. What cannot be dropped stays.
 */
export async function removeAbandoned(control: Session): Promise<void> {
  const rows = await control.query(
    `SELECT d.datname, pg_catalog.pg_get_userbyid(d.datdba) AS owner
     FROM pg_catalog.pg_database d
     WHERE d.datname ~ '^guardrails_[0-9a-f]{10}_' AND pg_catalog.pg_has_role(d.datdba, 'USAGE')
       AND NOT EXISTS (
         SELECT FROM pg_catalog.pg_stat_activity a
         WHERE a.application_name = 'pg-guardrails ' || substr(d.datname, 12, 10))`,
  );
  const databases = rows.map(
    (row) => `DROP DATABASE IF EXISTS ${escapeIdentifier(String(row['datname']))} WITH (FORCE)`,
  );
  const owners = new Set(
    rows.map((row) => String(row['owner'])).filter((name) => /^guardrails_[0-9a-f]{10}$/.test(name)),
  );
  const roles = [...owners].map((name) => `DROP ROLE IF EXISTS ${escapeIdentifier(name)}`);
  for (const sql of [...databases, ...roles]) {
    try {
      await control.query(sql);
    } catch (error) {
      if (!(error instanceof StatementFailed)) throw error;
    }
  }
}
