import { escapeIdentifier } from 'pg';
import type { Sandbox, Session } from '../../model/server.ts';
import { readSeedTables, type SeedTable } from '../../seed/schema/tables.ts';
import { domainValues } from '../../seed/values/domains.ts';
import type { DomainValues } from '../../seed/values/value.ts';

/** Where queries are run on rows. */
export interface Stage extends AsyncDisposable {
  /** As the owner, in no transaction. */
  readonly session: Session;
  readonly tables: readonly SeedTable[];
  readonly domains: DomainValues;
}

/**
 * A copy of a schema whose tables take any rows that their types, checks and unique indexes allow: foreign keys and
 * triggers are gone, so that rows without partners are among them.
 *
 * @param template that nobody is connected to
 */
export async function setStage(sandbox: Sandbox, database: string, template: string): Promise<Stage> {
  await sandbox.createDatabase(database, template);
  await unbind(sandbox, database);
  const session = await sandbox.connect(database, 'owner');
  await session.query('SET jit = off');
  const tables = await readSeedTables(session);
  const types = tables.flatMap(({ columns }) => columns.map(({ type }) => type));
  return {
    session,
    tables,
    domains: await domainValues(session, types),
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}

async function unbind(sandbox: Sandbox, database: string): Promise<void> {
  await using superuser = await sandbox.connect(database, 'superuser');
  const keys = await superuser.query(
    `SELECT k.conrelid::regclass::text AS table, k.conname::text AS name
     FROM pg_catalog.pg_constraint k WHERE k.contype = 'f' AND k.conparentid = 0`,
  );
  await Promise.all(
    keys.map(({ table, name }) =>
      superuser.query(`ALTER TABLE ${String(table)} DROP CONSTRAINT ${escapeIdentifier(String(name))}`),
    ),
  );
  const triggered = await superuser.query(
    `SELECT DISTINCT t.tgrelid::regclass::text AS table FROM pg_catalog.pg_trigger t
       JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
     WHERE NOT t.tgisinternal AND c.relkind IN ('r', 'p')`,
  );
  await Promise.all(
    triggered.map(({ table }) => superuser.query(`ALTER TABLE ${String(table)} DISABLE TRIGGER ALL`)),
  );
}
