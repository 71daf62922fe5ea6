import { resolve } from 'node:path';
import { CannotReview, type Problem, problem } from '../model/problem.ts';
import type { CapturedQuery, Query } from '../model/query.ts';
import type { Unchecked } from '../model/review.ts';
import type { Suppression } from '../model/suppression.ts';
import type { Trace } from '../model/trace.ts';
import { Aggregation } from './aggregate.ts';
import type { CaptureFile, CaptureFormat } from './formats/format.ts';
import { formats } from './formats/formats.ts';
import { exists, type NamedCapture, namesOf } from './names.ts';
import { openCapture } from './stream/open.ts';
import { rotated } from './stream/rotated.ts';
import { smallHeap } from './stream/small-heap.ts';

export interface Workload {
  readonly queries: readonly Query[];
  /** What each request, test or session sent, where the capture tells. */
  readonly traces: readonly Trace[];
  /** What migrations sent that were captured with it. */
  readonly migrations: readonly Trace[];
  /** How long it was captured, from its first to its last execution; null where it does not tell. */
  readonly milliseconds: number | null;
  readonly unchecked: readonly Unchecked[];
  /** Those in files of SQL. */
  readonly suppressions: readonly Suppression[];
}

/** A capture that can be read. */
interface Capture extends NamedCapture {
  readonly file: CaptureFile;
  readonly format: CaptureFormat;
  /** What of it could not be read as it is, once it was read. */
  readonly told: Set<string>;
}

/**
 * Reads the workload from files of captured queries, each of any format that is known, compressed or not.
 *
 * @param names files, `SERVICE=FILE`, `FORMAT:FILE` or `SERVICE=FORMAT:FILE`, or patterns of such
 * @param earlier contents that stand for files, by path: those of the base
 * @throws CannotReview where a file does not exist or its format is not known.
 */
export async function readWorkload(
  root: string,
  names: readonly string[],
  earlier: ReadonlyMap<string, Uint8Array> = new Map(),
): Promise<Workload> {
  const captures = logsTogether(await findCaptures(root, await namesOf(root, names), earlier));
  using _ = smallHeap();
  const aggregation = new Aggregation();
  const suppressions: Suppression[] = [];
  for (const capture of captures) {
    suppressions.push(...(await add(aggregation, capture)));
  }
  const { traces, migrations, queries, milliseconds, unchecked } = aggregation;
  return { queries, traces, migrations, milliseconds, unchecked, suppressions };
}

async function findCaptures(
  root: string,
  names: readonly NamedCapture[],
  earlier: ReadonlyMap<string, Uint8Array>,
): Promise<readonly Capture[]> {
  const found = await Promise.all(
    names.map(async (named): Promise<readonly (Capture | Problem)[]> => {
      const content = earlier.get(named.path);
      const place = resolve(root, named.path);
      if (content === undefined && !(await exists(place))) {
        return [problem(`there is no workload ${named.path}`, 'name captured queries with --workload')];
      }
      const told = new Set<string>();
      const file = {
        path: named.path,
        open: () => openCapture(content ?? place, (reason) => told.add(reason)),
      };
      const format = named.named ?? (await formatOf(file));
      return [format === null ? unknownFormat(named.path) : { ...named, file, format, told }];
    }),
  );
  const problems = found.flat().flatMap((each) => ('message' in each ? [each] : []));
  if (problems.length > 0) throw new CannotReview(problems);
  return found.flat().flatMap((each) => ('message' in each ? [] : [each]));
}

/** Bytes that a format is told by. */
const beginningBytes = 64 * 1024;

async function formatOf(file: CaptureFile): Promise<CaptureFormat | null> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of file.open()) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= beginningBytes) break;
  }
  const beginning = Buffer.concat(chunks).subarray(0, beginningBytes).toString('utf8');
  return formats.find((format) => format.recognises(beginning, file.path)) ?? null;
}

function unknownFormat(path: string): Problem {
  const known = formats.map(({ name }) => name).join(', ');
  return problem(
    `the format of the workload ${path} is not known`,
    `name it as FORMAT:${path}; formats: ${known}`,
  );
}

/** Files of one log that were named one after the other are read as one. */
function logsTogether(captures: readonly Capture[]): readonly Capture[] {
  const together: Capture[][] = [];
  for (const capture of captures) {
    const last = together.at(-1);
    const [first] = last ?? [];
    const isNext = first?.service === capture.service && first?.format === capture.format;
    if (last !== undefined && isNext && capture.format.beginsEntry !== undefined) last.push(capture);
    else together.push([capture]);
  }
  return together.flatMap((all) => (all[0] === undefined ? [] : [asOne(all[0], all)]));
}

function asOne(first: Capture, all: readonly Capture[]): Capture {
  const { beginsEntry } = first.format;
  if (beginsEntry === undefined) return first;
  const cutOff = new Set<string>();
  const name = (reason: string, path: string) => (all.length === 1 ? reason : `${path}: ${reason}`);
  const open = async function* () {
    const files = all.map(({ file }) => file);
    yield* rotated(files, beginsEntry, (path) => cutOff.add(name('ends within a line', path)));
    for (const { path, told } of all) for (const reason of told) cutOff.add(name(reason, path));
  };
  const path = all.length === 1 ? first.path : `${first.path} and ${all.length - 1} more`;
  return { ...first, path, file: { path, open }, told: cutOff };
}

/** @returns the suppressions in its comments */
async function add(
  aggregation: Aggregation,
  { path, service, file, format, told: reasons }: Capture,
): Promise<readonly Suppression[]> {
  const suppressions: Suppression[] = [];
  let unreadable = 0;
  let told = 0;
  for await (const part of format.read(file)) {
    for (const statement of part.statements) aggregation.add(from(service, statement), format.counted);
    for (const statement of part.migrations ?? []) aggregation.addMigration(from(service, statement));
    for (const unchecked of part.unchecked ?? []) aggregation.skip(unchecked);
    suppressions.push(...(part.suppressions ?? []));
    told += part.statements.length + (part.migrations?.length ?? 0) + (part.unchecked?.length ?? 0);
    unreadable += part.unreadable;
  }
  for (const reason of reasons) aggregation.skip({ subject: path, reason });
  if (unreadable > 0) {
    aggregation.skip({ subject: path, reason: `${unreadable} more lines are no captured queries` });
  }
  if (told === 0) {
    aggregation.skip({ subject: path, reason: 'holds no queries, so no plan was looked at' });
  }
  return suppressions;
}

/** Who names a service knows better than the capture. */
function from(service: string | null, statement: CapturedQuery): CapturedQuery {
  return service === null ? statement : { ...statement, origin: { ...statement.origin, service } };
}
