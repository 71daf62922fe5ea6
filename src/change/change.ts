import { basename, dirname, join, normalize, relative } from 'node:path/posix';
import type { Change, Layout, SourceFile, TouchedMigration } from '../model/change.ts';
import { CannotReview, problem } from '../model/problem.ts';
import { decodeAll, listFolder, readFiles } from './files.ts';
import { type FileChange, Git } from './git.ts';

export interface ChangeSource {
  /** Working directory; all paths are relative to it. */
  readonly root: string;
  /** Folder of the migrations. */
  readonly folder: string;
  readonly layout: Layout;
}

/**
 * The change, told by name: the files that somebody names are added, the rest of the folder is the base.
 *
 * @throws CannotReview where a file is not among the migrations.
 */
export async function changeByName(source: ChangeSource, named: readonly string[]): Promise<Change> {
  const paths = await migrationPaths(source);
  const added = named.map((name) => pathInFolder(source, name));
  const missing = named.filter((_, index) => !paths.includes(added[index] ?? ''));
  if (missing.length > 0) {
    const hint = `--new takes names of .sql files in ${source.folder}`;
    throw new CannotReview(
      missing.map((name) => problem(`${name} is none of the migrations in ${source.folder}`, hint)),
    );
  }
  const files = await readFiles(source.root, paths);
  const { migrations, remarks } = source.layout.order(files);
  return {
    comparison: { kind: 'named', files: added },
    base: migrations.filter(({ path }) => !added.includes(path)),
    added: migrations.filter(({ path }) => added.includes(path)),
    touched: [],
    remarks,
    changedLines: new Map(),
  };
}

/** A name may be given from the working directory or from the folder. */
function pathInFolder({ root, folder }: ChangeSource, name: string): string {
  const path = normalize(name.startsWith('/') ? relative(root, name) : name);
  return dirname(path) === '.' && folder !== '.' ? join(folder, basename(path)) : path;
}

/**
 * The change, told by git: everything between the merge base and the working tree. Production has run the base's
 * version of a migration, so that is what stands for it, whatever the change does to the file.
 *
 * @param base a branch, tag or commit; null for the default branch
 */
export async function changeByGit(source: ChangeSource, base: string | null): Promise<Change> {
  const git = new Git(source.root);
  const { base: name, commit } = await git.mergeBase(base);
  const [changes, changedLines, paths] = await Promise.all([
    git.changes(commit, source.folder),
    git.changedLines(commit),
    migrationPaths(source),
  ]);
  const isMigration = ({ path }: FileChange) =>
    dirname(path) === normalize(source.folder) && source.layout.isMigration(basename(path));
  const relevant = changes.filter(isMigration);
  const headPaths = new Set(relevant.flatMap((each) => (each.kind === 'deleted' ? [] : [each.path])));
  const [unchanged, earlier, added] = await Promise.all([
    readFiles(
      source.root,
      paths.filter((path) => !headPaths.has(path)),
    ),
    Promise.all(
      relevant
        .flatMap((each) => earlierPath(each))
        .map(async (path) => ({ path, bytes: await git.contentAt(commit, path) })),
    ),
    readFiles(
      source.root,
      relevant.flatMap((each) => (each.kind === 'added' ? [each.path] : [])),
    ),
  ]);
  const baseFiles: readonly SourceFile[] = [...unchanged, ...decodeAll(earlier)];
  const { remarks } = source.layout.order([...baseFiles, ...added]);
  return {
    comparison: { kind: 'git', base: name, mergeBase: commit },
    base: source.layout.order(baseFiles).migrations,
    added: source.layout.order(added).migrations,
    touched: relevant.flatMap(toTouched),
    remarks,
    changedLines,
  };
}

function earlierPath(change: FileChange): readonly string[] {
  switch (change.kind) {
    case 'added':
      return [];
    case 'renamed':
      return [change.from];
    default:
      return [change.path];
  }
}

function toTouched(change: FileChange): readonly TouchedMigration[] {
  switch (change.kind) {
    case 'added':
      return [];
    case 'renamed':
      return [{ kind: 'renamed', path: change.path, from: change.from }];
    default:
      return [{ kind: change.kind, path: change.path }];
  }
}

async function migrationPaths({ root, folder, layout }: ChangeSource): Promise<readonly string[]> {
  const names = await listFolder(root, folder);
  return names.filter((name) => layout.isMigration(name)).map((name) => join(folder, name));
}
