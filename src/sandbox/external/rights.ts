import type { Session } from '../../model/server.ts';
import { StatementFailed } from '../../model/server.ts';
import { cannotLogStatements, mayNotCreateDatabases } from './errors.ts';
import { canGrow } from './grow.ts';
import type { Account } from './url.ts';

/** What a server's URL entitles to. */
export type Rights =
  | {
      readonly kind: 'superuser';
      /** The role that owns the databases; it is ours, and no superuser. */
      readonly owner: Account;
      /** Whether the server can extend its files, by way of a program. */
      readonly runsPrograms: boolean;
    }
  | {
      readonly kind: 'createdb';
      /** The role that connects, which owns the databases too. */
      readonly role: string;
    };

/** @throws CannotReview where the role can do nothing that is needed. */
export async function readRole(
  control: Session,
): Promise<{ readonly name: string; readonly isSuperuser: boolean }> {
  const [row] = await control.query(
    `SELECT rolname, rolsuper, rolcreatedb, pg_catalog.quote_ident(rolname) AS quoted
     FROM pg_catalog.pg_roles WHERE rolname OPERATOR(pg_catalog.=) current_user`,
  );
  const isSuperuser = row?.['rolsuper'] === true;
  if (!isSuperuser && row?.['rolcreatedb'] !== true) throw mayNotCreateDatabases(String(row?.['quoted']));
  return { name: String(row['rolname']), isSuperuser };
}

export async function runsPrograms(superuser: Session): Promise<boolean> {
  try {
    await superuser.script(canGrow);
    return true;
  } catch (error) {
    if (error instanceof StatementFailed) return false;
    throw error;
  }
}

/**
 * Whether the server's log can be read as it is written (log_destination, logging_collector).
 *
 * @throws CannotReview where it cannot.
 */
export async function requireLog(control: Session, isSuperuser: boolean): Promise<void> {
  if (!isSuperuser) throw cannotLogStatements('that takes a superuser');
  const [row] = await control.query(`SELECT pg_catalog.pg_current_logfile('csvlog') AS file`);
  if (row?.['file'] === null) {
    throw cannotLogStatements('it runs without logging_collector, or log_destination leaves out csvlog');
  }
}
