import pg from 'pg';
import type { Sandbox } from '../src/model/server.ts';
import { startEmbedded } from '../src/sandbox/embedded/embedded.ts';
import { superuser } from '../src/sandbox/roles.ts';
import { signal, timed } from './figures.ts';
import type { History } from './history.ts';

/** A client that does nothing but what it is told. */
export async function bareClient(sandbox: Sandbox, database: string): Promise<pg.Client> {
  await using session = await sandbox.connect(database, 'superuser');
  const [row] = await session.query('SHOW unix_socket_directories');
  const host = String(row?.['unix_socket_directories']);
  const client = new pg.Client({ host, user: superuser, database });
  await client.connect();
  return client;
}

/** Milliseconds of the server, the SQL, and a plan of each query: no review can take less. */
export async function floor({ migrations, queries }: History): Promise<number> {
  const [milliseconds] = await timed(async () => {
    await using sandbox = await startEmbedded({ major: 18, limitMs: 60_000, signal });
    const client = await bareClient(sandbox, 'postgres');
    for (const { text } of migrations) await client.query(text);
    for (const sql of queries) await client.query(`EXPLAIN (VERBOSE, FORMAT JSON) ${sql}`);
    await client.end();
  });
  return milliseconds;
}
