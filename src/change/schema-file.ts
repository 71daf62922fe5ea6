import { normalize, resolve } from 'node:path/posix';
import type { Change, SourceFile } from '../model/change.ts';
import { hasCode } from '../model/error-code.ts';
import { CannotReview, problem } from '../model/problem.ts';
import { decodeAll, readFiles } from './files.ts';
import { Git } from './git.ts';

/** A change of the file that holds a whole schema. It adds no migrations. */
export interface SchemaFileChange {
  readonly change: Change;
  /** Null where the base has no such file. */
  readonly base: SourceFile | null;
  readonly head: SourceFile;
}

/**
 * The file at the merge base and in the working tree.
 *
 * @param path relative to the working directory
 * @param base a branch, tag or commit; null for the default branch
 * @throws CannotReview where there is no such file, or nothing to compare it with.
 */
export async function schemaFileChange(
  root: string,
  path: string,
  base: string | null,
): Promise<SchemaFileChange> {
  const file = normalize(path);
  const head = await readSchemaFile(root, file);
  const git = new Git(root);
  const { base: name, commit } = await git.mergeBase(base);
  const [changes, changedLines] = await Promise.all([git.changes(commit, file), git.changedLines(commit)]);
  const isNew = changes.some((each) => each.path === file && each.kind === 'added');
  const [earlier = null] = isNew ? [] : decodeAll([{ path: file, bytes: await git.contentAt(commit, file) }]);
  return {
    change: {
      comparison: { kind: 'git', base: name, mergeBase: commit },
      base: [],
      added: [],
      touched: [],
      remarks: [],
      changedLines,
    },
    base: earlier,
    head,
  };
}

/**
 * The file as it is in the working tree.
 *
 * @throws CannotReview where there is none.
 */
export async function readSchemaFile(root: string, path: string): Promise<SourceFile> {
  try {
    const [head] = await readFiles(root, [path]);
    if (head !== undefined) return head;
  } catch (cause) {
    if (!hasCode(cause, 'ENOENT') && !hasCode(cause, 'EISDIR')) throw cause;
  }
  const hint = `${resolve(root, path)} was looked for; name it with --schema, or with \`schema:\` in the configuration`;
  throw new CannotReview([problem(`there is no schema file ${path}`, hint)]);
}
