import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { CannotReview, type Problem, problem } from '../model/problem.ts';
import type { CapturedQuery, Query } from '../model/query.ts';
import type { Unchecked } from '../model/review.ts';
import type { Suppression } from '../model/suppression.ts';
import type { Trace } from '../model/trace.ts';
import { Aggregation } from './aggregate.ts';
import type { CaptureFile, CaptureFormat } from './formats/format.ts';
import { formats } from './formats/formats.ts';
import { openCapture } from './stream/open.ts';

export interface Workload {
  readonly queries: readonly Query[];
  /** What each request, test or session sent, where the capture tells. */
  readonly traces: readonly Trace[];
  /** How long it was captured, from its first to its last execution; null where it does not tell. */
  readonly milliseconds: number | null;
  readonly unchecked: readonly Unchecked[];
  /** Those in files of SQL. */
  readonly suppressions: readonly Suppression[];
}

/** A capture as it was named: a file, and the service whose queries it holds. */
interface NamedCapture {
  readonly path: string;
  readonly service: string | null;
}

/** A capture that can be read. */
interface Capture extends NamedCapture {
  readonly file: CaptureFile;
  readonly format: CaptureFormat;
}

/**
 * Reads the workload from files of captured queries, each of any format that is known, compressed or not.
 *
 * @param names files, or `SERVICE=FILE`
 * @param earlier contents that stand for files, by path: those of the base
 * @throws CannotReview where a file does not exist or its format is not known.
 */
export async function readWorkload(
  root: string,
  names: readonly string[],
  earlier: ReadonlyMap<string, Uint8Array> = new Map(),
): Promise<Workload> {
  const captures = await findCaptures(root, names.map(nameOf), earlier);
  const aggregation = new Aggregation();
  const suppressions: Suppression[] = [];
  for (const capture of captures) {
    suppressions.push(...(await add(aggregation, capture)));
  }
  const { traces, queries, milliseconds, unchecked } = aggregation;
  return { queries, traces, milliseconds, unchecked, suppressions };
}

/** `orders=trace.json`: what stands before the first `=` names a service, unless it looks like a path. */
export function nameOf(name: string): NamedCapture {
  const [, service, path] = /^([\w .-]+)=(.+)$/.exec(name) ?? [];
  return service === undefined || path === undefined ? { path: name, service: null } : { path, service };
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
      const file = { path: named.path, open: () => openCapture(content ?? place) };
      const format = await formatOf(file);
      return [format === null ? unknownFormat(named.path) : { ...named, file, format }];
    }),
  );
  const problems = found.flat().flatMap((each) => ('message' in each ? [each] : []));
  if (problems.length > 0) throw new CannotReview(problems);
  return found.flat().flatMap((each) => ('message' in each ? [] : [each]));
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
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
  return problem(`the format of the workload ${path} is not known`, `known formats: ${known}`);
}

/** @returns the suppressions in its comments */
async function add(
  aggregation: Aggregation,
  { path, service, file, format }: Capture,
): Promise<readonly Suppression[]> {
  const suppressions: Suppression[] = [];
  let unreadable = 0;
  let told = 0;
  for await (const part of format.read(file)) {
    for (const statement of part.statements) aggregation.add(from(service, statement));
    for (const unchecked of part.unchecked ?? []) aggregation.skip(unchecked);
    suppressions.push(...(part.suppressions ?? []));
    told += part.statements.length + (part.unchecked?.length ?? 0);
    unreadable += part.unreadable;
  }
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
