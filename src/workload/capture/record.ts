import { escapeIdentifier } from 'pg';
import type { Sandbox, ServerVersion, Session } from '../../model/server.ts';
import type { LogEntry } from '../log/entry.ts';
import { heldIn } from '../log/held.ts';
import { readLog } from '../log/read.ts';
import { endOfLog, followLog } from './follow.ts';
import { logAsBefore, logEverything } from './logging.ts';
import { OwnPlaces } from './own-schemas.ts';
import { type FindPlaces, type Placed, writeWorkload } from './write.ts';

/** What came of doing something under record. */
export interface Recorded<T> {
  readonly result: T;
  /** Executions in the workload file. */
  readonly executions: number;
}

/** What is recorded, and where it is written. */
export interface Recording {
  /** Database that it finds in its environment. */
  readonly database: string;
  /** Whether that has the project's schema. */
  readonly schema: 'migrated' | 'empty';
  /** Path of the workload file. */
  readonly file: string;
  readonly findPlaces: FindPlaces;
}

/** What stands before a statement in the message of its log entry. */
const beforeText = /^duration: [\d.]+ ms {2}(?:statement|execute [^:]*): /;

/** Programs that copy a database; what they ask is no query of an application. */
const copiers = /^(?:pg_dump|pg_dumpall|pg_restore|pg_basebackup|createdb|dropdb)$/;

/**
 * Does something that sends statements to a server of ours, and writes down what was sent, from all databases and as all
 * roles: test suites create their own. Meanwhile the role that it connects as is a superuser, as it is in the images and
 * services that suites are made for.
 */
export async function recordStatements<T>(
  sandbox: Sandbox,
  { database, schema, file, findPlaces }: Recording,
  work: () => Promise<T>,
): Promise<Recorded<T>> {
  const { user } = sandbox.address(database);
  const known = schema === 'migrated' ? await schemasOf(sandbox, database) : new Set<string>();
  // Suites drop the database that they are given, which nobody may be connected to then.
  const ours = `${database}_log`;
  await sandbox.createDatabase(ours);
  await using control = await sandbox.connect(ours, 'superuser');
  await using reader = await sandbox.connect(ours, 'superuser');
  const places = new OwnPlaces(schema === 'empty' ? [database] : [], known);
  const start = await endOfLog(reader);
  await prepare(control, user, sandbox.version);
  const working = work().finally(() => restore(control, user, sandbox.version));
  const logged = recorded(reader, start, working, places, await nameOf(control));
  const writing = writeWorkload(file, logged, findPlaces);
  const [result, executions] = await Promise.allSettled([working, writing]);
  if (result.status === 'rejected') throw result.reason;
  if (executions.status === 'rejected') throw executions.reason;
  return { result: result.value, executions: executions.value };
}

async function schemasOf(sandbox: Sandbox, database: string): Promise<ReadonlySet<string>> {
  await using session = await sandbox.connect(database, 'superuser');
  const rows = await session.query('SELECT nspname::text AS name FROM pg_catalog.pg_namespace');
  return new Set(rows.map(({ name }) => String(name)));
}

async function nameOf(session: Session): Promise<string> {
  const [row] = await session.query('SELECT current_user::text AS name');
  return String(row?.['name']);
}

/** `postgres` is who the dumps and scripts of a suite take for the superuser. */
async function prepare(session: Session, user: string, version: ServerVersion): Promise<void> {
  await logEverything(session, version);
  await session.query(`ALTER ROLE ${escapeIdentifier(user)} SUPERUSER`);
  const [row] = await session.query(`SELECT FROM pg_catalog.pg_roles WHERE rolname = 'postgres'`);
  if (row === undefined) await session.query('CREATE ROLE postgres');
  await session.query('ALTER ROLE postgres SUPERUSER');
}

/** Nobody stays connected, and what a superuser may have set of the server is as it was. */
async function restore(session: Session, user: string, version: ServerVersion): Promise<void> {
  const name = escapeIdentifier(user);
  await session.query(
    `SELECT pg_catalog.pg_terminate_backend(pid, 5000) FROM pg_catalog.pg_stat_activity
     WHERE backend_type = 'client backend' AND usename <> current_user`,
  );
  await session.query(`ALTER ROLE ${name} NOSUPERUSER`);
  // A suite may have dropped it.
  const [row] = await session.query(`SELECT FROM pg_catalog.pg_roles WHERE rolname = 'postgres'`);
  if (row !== undefined) await session.query('ALTER ROLE postgres NOSUPERUSER');
  await session.query(`ALTER ROLE ${name} RESET ALL`);
  await session.query('ALTER SYSTEM RESET ALL');
  await session.query('SELECT pg_catalog.pg_reload_conf()');
  await logAsBefore(session, version);
}

/** @param observer the role of our own sessions */
async function* recorded(
  reader: Session,
  start: Awaited<ReturnType<typeof endOfLog>>,
  until: Promise<unknown>,
  places: OwnPlaces,
  observer: string,
): AsyncGenerator<readonly Placed[]> {
  const databases = new Map<string, string | null>();
  const isTheirs = ({ user, application, session, database, message }: LogEntry) => {
    if (user === null || user === observer || copiers.test(application ?? '')) return false;
    databases.set(session, database);
    // At once: a session's last statement is held back, and others may be in what it made by then.
    places.note(message.replace(beforeText, ''));
    return true;
  };
  for await (const { statements } of readLog(
    followLog(reader, start, until),
    'csvlog',
    isTheirs,
    'nothing',
  )) {
    yield statements.flatMap((sent) =>
      heldIn(sent).map((statement) => {
        const { sql, trace } = statement;
        places.note(sql);
        const place = {
          isOwnDatabase: places.hasDatabase(databases.get(trace ?? '') ?? null),
          turnsToOwnSchema: places.turnsTo(sql),
        };
        return { statement: { ...statement, sql: places.without(sql) }, logged: sent.sql, place };
      }),
    );
  }
  // What failed, or was interrupted, is not written down.
  await until;
}
