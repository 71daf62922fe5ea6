import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Session } from '../../model/server.ts';

/**
 * What makes a server log every execution with its values and time. auto_explain adds how many rows it returned, which
 * is counted without reading the clock for each.
 */
const settings: Readonly<Record<string, string>> = {
  log_min_duration_statement: '0',
  session_preload_libraries: 'auto_explain',
  'auto_explain.log_min_duration': '0',
  'auto_explain.log_format': 'json',
  'auto_explain.log_analyze': 'on',
  'auto_explain.log_timing': 'off',
};

/** Between two looks at the log, in milliseconds. */
const pauseMs = 5;

/** What the server may take to write its log, in milliseconds. */
const writtenMs = 30_000;

/** Bytes that are read at a time. */
const chunkBytes = 1024 ** 2;

/**
 * Has the server log everything that sessions send which begin from now on, in all databases.
 *
 * @param session as superuser
 */
export async function logEverything(session: Session): Promise<void> {
  // ALTER SYSTEM of version 14 knows a library's settings only once it is loaded.
  await session.query(`LOAD 'auto_explain'`);
  for (const [name, value] of Object.entries(settings)) {
    await session.query(`ALTER SYSTEM SET ${name} = '${value}'`);
  }
  await session.query('SELECT pg_catalog.pg_reload_conf()');
}

/** Has it log as it did before. */
export async function logAsBefore(session: Session): Promise<void> {
  for (const name of Object.keys(settings)) await session.query(`ALTER SYSTEM RESET ${name}`);
  await session.query('SELECT pg_catalog.pg_reload_conf()');
}

/** The size of the log so far, in bytes. */
export async function logSize(session: Session): Promise<number> {
  const [row] = await session.query(
    `SELECT size::float8 AS size FROM pg_catalog.pg_stat_file(pg_catalog.pg_current_logfile('csvlog'))`,
  );
  return Number(row?.['size']);
}

/**
 * What the log holds from a byte on until now. The server writes it through a process of its own, so that a statement of
 * ours is waited for: what was logged before stands before it.
 *
 * @param session as superuser
 */
export async function* loggedSince(session: Session, start: number): AsyncGenerator<Uint8Array> {
  const marker = randomUUID();
  await session.query('SET log_min_duration_statement = 0');
  await session.query(`SELECT '${marker}'`);
  await session.query('SET log_min_duration_statement = -1');
  const end = await untilWritten(session, start, marker);
  for (let at = start; at < end; at += chunkBytes) {
    yield await read(session, at, Math.min(chunkBytes, end - at));
  }
}

async function untilWritten(session: Session, start: number, marker: string): Promise<number> {
  const deadline = performance.now() + writtenMs;
  for (;;) {
    const size = await logSize(session);
    const from = Math.max(start, size - chunkBytes);
    const tail = Buffer.from(await read(session, from, size - from)).toString('utf8');
    if (tail.includes(marker)) return size;
    if (performance.now() >= deadline)
      throw new Error(`the server has not written its log after ${writtenMs} ms`);
    await pause(pauseMs);
  }
}

async function read(session: Session, start: number, length: number): Promise<Uint8Array> {
  const [row] = await session.query(
    `SELECT pg_catalog.pg_read_binary_file(pg_catalog.pg_current_logfile('csvlog'), $1, $2) AS bytes`,
    [start, length],
  );
  const bytes = row?.['bytes'];
  return bytes instanceof Uint8Array ? bytes : new Uint8Array();
}
