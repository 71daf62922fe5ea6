import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { escapeLiteral } from 'pg';
import type { Session } from '../../model/server.ts';

/** Between two looks at a log that grows, and at one whose last entry is on its way, in milliseconds. */
const pauses = { growing: 100, ending: 5 } as const;

/** What the server may take to write its log, in milliseconds. */
const writtenMs = 30_000;

/** Bytes that are read at a time. */
const chunkBytes = 1024 ** 2;

/** Bytes after which the server goes on in another file. The log often lies in memory, and may be many times as long. */
const longestFile = 32 * chunkBytes;

/** A log file that is being read. */
interface Place {
  readonly file: string;
  readonly at: number;
}

/** The end of the log as it is now. */
export async function endOfLog(session: Session): Promise<Place> {
  const file = await currentFile(session);
  const [row] = await session.query('SELECT size::float8 AS size FROM pg_catalog.pg_stat_file($1)', [file]);
  return { file, at: Number(row?.['size']) };
}

/**
 * What the server logs in CSV form from a place on, as it is written, until something is done. Files that were read
 * are emptied. The server writes its log through a process of its own, so that at the end a statement of ours is waited
 * for: what was logged before stands before it.
 *
 * @param session as superuser, logging nothing
 * @param until settles once nothing more is of interest
 */
export async function* followLog(
  session: Session,
  start: Place,
  until: Promise<unknown>,
): AsyncGenerator<Uint8Array> {
  let isDone = false;
  const done = until.then(
    () => {
      isDone = true;
    },
    () => {
      isDone = true;
    },
  );
  let { file, at } = start;
  let rotateAt = longestFile;
  while (!isDone) {
    const chunk = await read(session, file, at);
    at += chunk.length;
    if (chunk.length > 0) yield chunk;
    if (at < rotateAt) {
      if (chunk.length < chunkBytes) await Promise.race([done, pause(pauses.growing)]);
      continue;
    }
    const next = await nextFile(session, file);
    // It goes on in the same file within the second in which that was begun.
    rotateAt = next === null ? at + longestFile : longestFile;
    if (next === null) continue;
    yield* remaining(session, file, at);
    await empty(session, file);
    ({ file, at } = { file: next, at: 0 });
  }
  yield* untilMarked(session, { file, at });
}

async function* untilMarked(session: Session, { file, at: start }: Place): AsyncGenerator<Uint8Array> {
  const marker = randomUUID();
  await session.query('SET log_min_duration_statement = 0');
  await session.query(`SELECT '${marker}'`);
  await session.query('SET log_min_duration_statement = -1');
  const deadline = performance.now() + writtenMs;
  let at = start;
  let seen = Buffer.alloc(0);
  for (;;) {
    const chunk = await read(session, file, at);
    at += chunk.length;
    if (chunk.length > 0) yield chunk;
    seen = Buffer.concat([seen.subarray(-marker.length), chunk]);
    if (seen.includes(marker)) return;
    if (performance.now() >= deadline)
      throw new Error(`the server has not written its log after ${writtenMs} ms`);
    if (chunk.length < chunkBytes) await pause(pauses.ending);
  }
}

async function currentFile(session: Session): Promise<string> {
  const [row] = await session.query(`SELECT pg_catalog.pg_current_logfile('csvlog') AS file`);
  return String(row?.['file']);
}

/** Has the server go on in another file, whose name holds the second; null where that is the same. */
async function nextFile(session: Session, file: string): Promise<string | null> {
  await session.query('SELECT pg_catalog.pg_rotate_logfile()');
  const deadline = performance.now() + 2_000;
  for (;;) {
    const next = await currentFile(session);
    if (next !== file) return next;
    if (performance.now() >= deadline) return null;
    await pause(pauses.ending);
  }
}

/** What is left of a file that nobody writes to any more. */
async function* remaining(session: Session, file: string, start: number): AsyncGenerator<Uint8Array> {
  for (let at = start; ; ) {
    const chunk = await read(session, file, at);
    if (chunk.length === 0) return;
    yield chunk;
    at += chunk.length;
  }
}

/** COPY writes a file anew, and wants its whole path; no function of every version removes one. */
async function empty(session: Session, file: string): Promise<void> {
  const [row] = await session.query(`SELECT pg_catalog.current_setting('data_directory') AS directory`);
  const path = escapeLiteral(`${row?.['directory']}/${file}`);
  await session.query(`COPY (SELECT WHERE false) TO ${path}`);
}

async function read(session: Session, file: string, start: number): Promise<Uint8Array> {
  const [row] = await session.query('SELECT pg_catalog.pg_read_binary_file($1, $2, $3) AS bytes', [
    file,
    start,
    chunkBytes,
  ]);
  const bytes = row?.['bytes'];
  return bytes instanceof Uint8Array ? bytes : new Uint8Array();
}
