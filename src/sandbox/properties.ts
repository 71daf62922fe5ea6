import type { Session } from '../model/server.ts';

/**
 * Gives a clone what is no part of a database's contents, and so is not cloned with it.
 *
 * @param superuser a session in whatever database
 */
export async function copyProperties(superuser: Session, from: string, to: string): Promise<void> {
  // Settings (ALTER DATABASE ... SET).
  await superuser.query(
    `INSERT INTO pg_db_role_setting (setdatabase, setrole, setconfig)
       SELECT new.oid, s.setrole, s.setconfig
       FROM pg_db_role_setting s JOIN pg_database old ON old.oid = s.setdatabase AND old.datname = $2
         JOIN pg_database new ON new.datname = $1`,
    [to, from],
  );
  // Privileges; those of template1 are the rule for templates, not for databases.
  await superuser.query(
    `UPDATE pg_database new SET datacl = old.datacl
       FROM pg_database old WHERE old.datname = $2 AND new.datname = $1 AND NOT old.datistemplate`,
    [to, from],
  );
}
