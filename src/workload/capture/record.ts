import { escapeIdentifier } from 'pg';
import type { CapturedQuery } from '../../model/query.ts';
import type { Sandbox, Session } from '../../model/server.ts';
import type { LogEntry } from '../log/entry.ts';
import { readLog } from '../log/read.ts';
import { logAsBefore, logEverything, loggedSince, logSize } from './logging.ts';

/** What came of doing something under record. */
export interface Recorded<T> {
  readonly result: T;
  /** In the order in which the server was done with them; to be read before the sandbox goes. */
  readonly statements: AsyncIterable<readonly CapturedQuery[]>;
}

/**
 * Does something that sends statements to the server, and returns what was sent, from all databases: test suites create
 * their own.
 *
 * @param database that it finds in its environment
 */
export async function recordStatements<T>(
  sandbox: Sandbox,
  database: string,
  work: () => Promise<T>,
): Promise<Recorded<T>> {
  const { user } = sandbox.address(database);
  // Suites drop the database that they are given, which nobody may be connected to then.
  const ours = `${database}_log`;
  await sandbox.createDatabase(ours);
  async function asSuperuser<R>(task: (session: Session) => Promise<R>): Promise<R> {
    await using session = await sandbox.connect(ours, 'superuser');
    return await task(session);
  }
  const start = await asSuperuser(logSize);
  const result = await asSuperuser(async (session) => {
    const [role] = await session.query('SELECT rolcreatedb FROM pg_catalog.pg_roles WHERE rolname = $1', [
      user,
    ]);
    const name = escapeIdentifier(user);
    try {
      await logEverything(session);
      await session.query(`ALTER ROLE ${name} CREATEDB`);
      return await work();
    } finally {
      await logAsBefore(session);
      if (role?.['rolcreatedb'] !== true) await session.query(`ALTER ROLE ${name} NOCREATEDB`);
    }
  });
  const isOfTheirs = ({ user: sender, application }: LogEntry) =>
    sender === user && application !== 'pg-guardrails';
  async function* statements(): AsyncGenerator<readonly CapturedQuery[]> {
    await using session = await sandbox.connect(ours, 'superuser');
    for await (const part of readLog(loggedSince(session, start), 'csvlog', isOfTheirs))
      yield part.statements;
  }
  return { result, statements: statements() };
}
