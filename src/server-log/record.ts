import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { escapeIdentifier } from 'pg';
import type { Sandbox, Session } from '../model/server.ts';
import { readSentTexts, type SentText } from './entry.ts';

/** Between two looks at the log, in milliseconds. */
const pauseMs = 5;

/** What the server may take to write its log, in milliseconds. */
const writtenMs = 30_000;

/**
 * Does something that sends statements to a database as its owner, and returns what was sent, as the server logged
 * it. Sessions that were open before are not logged.
 */
export async function recordSentTexts(
  sandbox: Sandbox,
  database: string,
  work: () => Promise<void>,
): Promise<readonly SentText[]> {
  const sender = sandbox.address(database);
  const name = escapeIdentifier(sender.database);
  await using session = await sandbox.connect(database, 'superuser');
  const start = await logSize(session);
  await session.query(`ALTER DATABASE ${name} SET log_statement = 'all'`);
  await work();
  await session.query(`ALTER DATABASE ${name} RESET log_statement`);
  return readSentTexts(await readLog(session, start), sender);
}

/** In bytes. */
async function logSize(session: Session): Promise<number> {
  const [row] = await session.query(
    `SELECT size::float8 AS size FROM pg_catalog.pg_stat_file(pg_catalog.pg_current_logfile('csvlog'))`,
  );
  return Number(row?.['size']);
}

/**
 * Reads the log from a byte on. The server writes it through a process of its own, so that a statement of ours is
 * waited for: what was logged before stands before it.
 */
async function readLog(session: Session, start: number): Promise<string> {
  const marker = randomUUID();
  await session.query(`SET log_statement = 'all'`);
  await session.query(`SELECT '${marker}'`);
  await session.query('RESET log_statement');
  const deadline = performance.now() + writtenMs;
  const chunks: Buffer[] = [];
  let at = start;
  for (;;) {
    const chunk = await readChunk(session, at);
    chunks.push(chunk);
    at += chunk.length;
    const log = Buffer.concat(chunks).toString('utf8');
    if (log.includes(marker)) return log;
    if (performance.now() >= deadline)
      throw new Error(`the server has not written its log after ${writtenMs} ms`);
    await pause(pauseMs);
  }
}

async function readChunk(session: Session, start: number): Promise<Buffer> {
  const [row] = await session.query(
    `SELECT pg_catalog.pg_read_binary_file(file, $1, greatest(size - $1, 0)) AS bytes
     FROM pg_catalog.pg_current_logfile('csvlog') AS file, pg_catalog.pg_stat_file(file)`,
    [start],
  );
  const bytes = row?.['bytes'];
  return bytes instanceof Uint8Array ? Buffer.from(bytes) : Buffer.alloc(0);
}
