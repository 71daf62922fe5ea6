import { earlierFiles } from '../change/earlier-files.ts';
import type { Config } from '../config/config.ts';
import type { Comparison } from '../model/change.ts';
import type { EarlierWorkload } from '../model/query.ts';
import { earlierWorkload, unknownEarlier } from '../workload/earlier.ts';
import { namesOf } from '../workload/names.ts';
import { readWorkload, type Workload } from '../workload/read.ts';

/** The workload of head, and how that of the base differs, where it is known. */
export interface ComparedWorkload extends Workload {
  readonly earlier: EarlierWorkload;
}

/**
 * Reads the workload, and that of the base: from files of its own, or from the versions that the repository has of the
 * same files at the base.
 *
 * @throws CannotReview where a file does not exist or its format is not known by its name.
 */
export async function readComparedWorkload(
  root: string,
  { workload: files, baseWorkload }: Pick<Config, 'workload' | 'baseWorkload'>,
  comparison: Comparison,
): Promise<ComparedWorkload> {
  const head = await readWorkload(root, files);
  const base = await readBase(root, files, baseWorkload, comparison);
  if (base === null) return { ...head, earlier: unknownEarlier };
  return { ...head, earlier: { ...earlierWorkload(base.queries, head.queries), traces: base.traces } };
}

async function readBase(
  root: string,
  files: readonly string[],
  baseFiles: readonly string[],
  comparison: Comparison,
): Promise<Workload | null> {
  if (baseFiles.length > 0) return readWorkload(root, baseFiles);
  const paths = (await namesOf(root, files)).map(({ path }) => path);
  const earlier = await earlierFiles(root, paths, comparison);
  if (earlier.length === 0) return null;
  return readWorkload(root, files, new Map(earlier.map(({ path, content }) => [path, content])));
}
