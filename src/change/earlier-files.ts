import type { Comparison } from '../model/change.ts';
import { Git } from './git.ts';

/** A file as it was at the base. */
export interface EarlierFile {
  readonly path: string;
  readonly content: Uint8Array;
}

/**
 * How files were at the base that the change alters. One that it adds says nothing of the base: somebody may have begun
 * to capture only now.
 */
export async function earlierFiles(
  root: string,
  paths: readonly string[],
  comparison: Comparison,
): Promise<readonly EarlierFile[]> {
  if (comparison.kind === 'named') return [];
  const git = new Git(root);
  const commit = comparison.mergeBase;
  const files = await Promise.all(
    paths.map(async (path): Promise<readonly EarlierFile[]> => {
      const [change] = await git.changes(commit, path);
      switch (change?.kind) {
        case undefined:
        case 'added':
          return [];
        case 'renamed':
          return [{ path, content: await git.contentAt(commit, change.from) }];
        case 'modified':
        case 'deleted':
          return [{ path, content: await git.contentAt(commit, path) }];
        default:
          return change satisfies never;
      }
    }),
  );
  return files.flat();
}
