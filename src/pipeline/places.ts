import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Origin, Query } from '../model/query.ts';
import type { Trace, TraceStatement } from '../model/trace.ts';
import type { RepositoryPaths } from '../places/paths.ts';
import { mayHoldQueries, QueryTexts, type TextPlace } from '../places/search.ts';
import { pathsIn, repositoryPaths } from './repository.ts';
import type { ComparedWorkload } from './workload.ts';

/** Larger files were written by programs. */
const largestFile = 512 * 1024;

/** Files that are looked through for the texts of queries. */
const mostSources = 20_000;

/** Files that are read at a time. */
const readAtATime = 64;

/**
 * Names the places of queries as the repository does. A query that no capture tells the place of stands where the repository
 * has its text, if that is one place.
 */
export async function placeWorkload(root: string, workload: ComparedWorkload): Promise<ComparedWorkload> {
  const { queries, traces, earlier } = workload;
  if (queries.length === 0 && earlier.gone.length === 0) return workload;
  const files = await repositoryPaths(root);
  const paths = await pathsIn(root, files);
  const name = (query: Query): Query => ({
    ...query,
    origins: query.origins.map((origin) => ({ ...origin, ...nameIn(paths, origin) })),
  });
  const named = queries.map(name);
  const places = await searchPlaces(root, files, named.filter(hasNoPlace));
  return {
    ...workload,
    queries: named.map((query) => withPlace(query, places.get(query.fingerprint))),
    traces: traces.map((trace) => placeTrace(trace, paths, places)),
    // Texts of the base stand in files of the base, which nobody looks through.
    earlier: {
      ...earlier,
      gone: earlier.gone.map(name),
      replaced: new Map([...earlier.replaced].map(([fingerprint, query]) => [fingerprint, name(query)])),
      traces: earlier.traces?.map((trace) => placeTrace(trace, paths, new Map())) ?? null,
    },
  };
}

type Place = Pick<Origin, 'file' | 'line'>;

/** A file of the repository. What leads out of it is text, and no place that a comment could stand at. */
function nameIn(paths: RepositoryPaths, { file, line }: Place): Place {
  if (file === null) return { file, line };
  const found = paths.find(file);
  if (found !== null) return { file: found, line };
  if (!paths.isForeign(file)) return { file, line };
  return { file: line === null ? file : `${file}:${line}`, line: null };
}

function hasNoPlace({ origins }: Query): boolean {
  return origins.every(({ file }) => file === null);
}

function withPlace(query: Query, place: TextPlace | undefined): Query {
  if (place === undefined) return query;
  const origins = query.origins.map((origin) => ({ ...origin, ...place }));
  return { ...query, origins };
}

function placeTrace(trace: Trace, paths: RepositoryPaths, places: ReadonlyMap<string, TextPlace>): Trace {
  return {
    ...trace,
    statements: trace.statements.map((statement): TraceStatement => {
      if (statement.file !== null) return { ...statement, ...nameIn(paths, statement) };
      const place = statement.fingerprint === null ? undefined : places.get(statement.fingerprint);
      return place === undefined ? statement : { ...statement, ...place };
    }),
  };
}

/** Where the repository has the texts of queries, by their fingerprints. */
async function searchPlaces(
  root: string,
  files: readonly string[],
  queries: readonly Query[],
): Promise<ReadonlyMap<string, TextPlace>> {
  if (queries.length === 0) return new Map();
  const texts = new QueryTexts();
  const sources = files.filter(mayHoldQueries).slice(0, mostSources);
  for (let from = 0; from < sources.length; from += readAtATime) {
    const batch = sources.slice(from, from + readAtATime);
    const contents = await Promise.all(batch.map((path) => contentOf(resolve(root, path))));
    for (const [index, path] of batch.entries()) texts.add(path, contents[index] ?? '');
  }
  return new Map(
    queries.flatMap(({ fingerprint, sql }) => {
      const place = texts.find(sql);
      return place === null ? [] : [[fingerprint, place] as const];
    }),
  );
}

/** Empty where there is nothing to read: what git lists may be gone, a link, or a repository of its own. */
async function contentOf(path: string): Promise<string> {
  try {
    const { size } = await stat(path);
    return size > largestFile ? '' : await readFile(path, 'utf8');
  } catch {
    return '';
  }
}
