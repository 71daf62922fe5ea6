import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { access, readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { CannotReview, type Problem, problem } from '../model/problem.ts';
import type { Query } from '../model/query.ts';
import type { Unchecked } from '../model/review.ts';
import type { Suppression } from '../model/suppression.ts';
import { suppressionsIn } from '../sql/suppressions.ts';
import { Aggregation } from './aggregate.ts';
import { readLine } from './formats/ndjson.ts';
import { readSqlFile } from './formats/sql.ts';

export interface Workload {
  readonly queries: readonly Query[];
  /** How long it was captured, from its first to its last execution; null where it does not tell. */
  readonly milliseconds: number | null;
  readonly unchecked: readonly Unchecked[];
  /** Those in files of SQL. */
  readonly suppressions: readonly Suppression[];
}

/** Lines of one file that are named one by one when they cannot be read; the rest are counted. */
const namedLines = 10;

/**
 * Reads the workload from files of captured queries.
 *
 * @throws CannotReview where a file does not exist or its format is not known by its name.
 */
export async function readWorkload(root: string, files: readonly string[]): Promise<Workload> {
  await mustExist(root, files);
  const aggregation = new Aggregation();
  const suppressions: Suppression[] = [];
  for (const file of files) {
    if (file.endsWith('.sql')) suppressions.push(...(await addSqlFile(aggregation, root, file)));
    else await addLines(aggregation, root, file);
  }
  const { queries, milliseconds, unchecked } = aggregation;
  return { queries, milliseconds, unchecked, suppressions };
}

async function mustExist(root: string, files: readonly string[]): Promise<void> {
  const problems = await Promise.all(
    files.map(async (file): Promise<readonly Problem[]> => {
      if (!/\.(ndjson|jsonl|sql)$/.test(file)) {
        return [
          problem(
            `the format of the workload ${file} is not known`,
            'its name must end in .ndjson, .jsonl or .sql',
          ),
        ];
      }
      const exists = await access(resolve(root, file)).then(
        () => true,
        () => false,
      );
      return exists ? [] : [problem(`there is no workload ${file}`, 'name captured queries with --workload')];
    }),
  );
  if (problems.flat().length > 0) throw new CannotReview(problems.flat());
}

/** @returns the suppressions in its comments */
async function addSqlFile(
  aggregation: Aggregation,
  root: string,
  file: string,
): Promise<readonly Suppression[]> {
  const bytes = await readFile(resolve(root, file));
  if (!isUtf8(bytes)) {
    aggregation.skip({ subject: file, reason: 'is no UTF-8 text' });
    return [];
  }
  const text = bytes.toString('utf8');
  const entries = readSqlFile(file, text);
  if (entries.length === 0) aggregation.skip(nothingIn(file));
  for (const entry of entries) {
    if ('reason' in entry) aggregation.skip(entry);
    else aggregation.add(entry);
  }
  return suppressionsIn(file, text);
}

/** Streamed, so that memory does not grow with the file. */
async function addLines(aggregation: Aggregation, root: string, file: string): Promise<void> {
  let line = 0;
  let captured = 0;
  let unreadable = 0;
  for await (const text of createInterface({
    input: createReadStream(resolve(root, file)),
    crlfDelay: Infinity,
  })) {
    line += 1;
    const read = readLine(text, `${file}:${line}`);
    if (read === null) continue;
    if ('reason' in read) {
      unreadable += 1;
      if (unreadable <= namedLines) aggregation.skip(read);
    } else {
      captured += 1;
      aggregation.add(read);
    }
  }
  if (unreadable > namedLines) {
    aggregation.skip({
      subject: file,
      reason: `${unreadable - namedLines} more lines are no captured queries`,
    });
  }
  if (captured === 0) aggregation.skip(nothingIn(file));
}

function nothingIn(file: string): Unchecked {
  return { subject: file, reason: 'holds no queries, so no plan was looked at' };
}
