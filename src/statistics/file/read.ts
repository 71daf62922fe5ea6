import { readFile, stat } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { CannotReview, type Problem, problem } from '../../model/problem.ts';
import type { ProductionStatistics } from '../../model/production.ts';
import { isDump, readDump } from './dump.ts';
import { readJson } from './json.ts';

/**
 * Reads a file of production statistics: what `pg-guardrails statistics export` wrote, or `pg_dump --statistics-only`
 * of PostgreSQL 18. Either may be compressed with gzip.
 *
 * @param path as a person named it, for messages
 * @throws CannotReview where the file cannot be read, or is neither.
 */
export async function readStatisticsFile(path: string): Promise<ProductionStatistics> {
  let bytes: Buffer;
  let written: Date;
  try {
    bytes = await readFile(path);
    written = (await stat(path)).mtime;
  } catch (cause) {
    throw new CannotReview(
      [problem(`the statistics ${path} cannot be read`, 'make them with `pg-guardrails statistics export`')],
      { cause },
    );
  }
  const text = textOf(path, bytes);
  if (text.startsWith(archiveMagic)) throw new CannotReview([archive(path)]);
  return text.trimStart().startsWith('{') || !isDump(text)
    ? readJson(path, text)
    : readDump(path, text, written.toISOString());
}

/** How an archive of pg_dump begins that is no script (formats custom and tar). */
const archiveMagic = 'PGDMP';

function archive(path: string): Problem {
  return problem(
    `the statistics ${path} are an archive of pg_dump`,
    `make a script of it: pg_restore --statistics-only --file statistics.sql ${path}`,
  );
}

/** First two bytes of what gzip compressed (RFC 1952). */
const gzipMagic = 0x1f8b;

function textOf(path: string, bytes: Buffer): string {
  if (bytes.length < 2 || bytes.readUInt16BE(0) !== gzipMagic) return bytes.toString('utf8');
  try {
    return gunzipSync(bytes).toString('utf8');
  } catch (cause) {
    throw new CannotReview([problem(`the statistics ${path} are compressed, and damaged`)], { cause });
  }
}
