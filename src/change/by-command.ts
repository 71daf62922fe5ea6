import { lstat, readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Change, SourceFile } from '../model/change.ts';
import { Git } from './git.ts';

/** Larger files hold no migration. */
const largest = 1024 ** 2;

/** A change that git tells, without migrations as long as no command has sent any. */
export interface CommandChange extends Change {
  readonly comparison: Extract<Change['comparison'], { kind: 'git' }>;
}

/**
 * The change, told by git, of a project whose migrations are not read but run, by its own command: which they are is
 * known only then.
 *
 * @param root working directory; all paths are relative to it
 * @param base a branch, tag or commit; null for the default branch
 */
export async function changeByCommand(root: string, base: string | null): Promise<CommandChange> {
  const git = new Git(root);
  const { base: name, commit } = await git.mergeBase(base);
  return {
    comparison: { kind: 'git', base: name, mergeBase: commit },
    base: [],
    added: [],
    touched: [],
    remarks: [],
    changedLines: await git.changedLines(commit),
  };
}

/** Files that the change adds or modifies, as they are in the working tree, below the working directory. */
export async function readChangedFiles(root: string, mergeBase: string): Promise<readonly SourceFile[]> {
  const changes = await new Git(root).changes(mergeBase, '.');
  const paths = changes.flatMap((each) => (each.kind === 'deleted' ? [] : [each.path]));
  return (await Promise.all(paths.map((path) => readSource(root, path)))).flat();
}

/** None where it is no file, such as a submodule, or too large. What is not text just names nothing. */
async function readSource(root: string, path: string): Promise<readonly SourceFile[]> {
  const file = resolve(root, path);
  const found = await lstat(file);
  return found.isFile() && found.size <= largest ? [{ path, text: await readFile(file, 'utf8') }] : [];
}
