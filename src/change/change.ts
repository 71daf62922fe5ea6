import { join, normalize, relative } from 'node:path/posix';
import type { Change, Layout } from '../model/change.ts';
import type { Migration } from '../model/migration.ts';
import { CannotReview, problem } from '../model/problem.ts';
import { compareMigrations, toRun } from './compare.ts';
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
  const { root, folder, layout } = source;
  const paths = await migrationPaths(source);
  const isNamed = (name: string, path: string) =>
    pathsOf(source, name).some((each) => path === each || path.startsWith(`${each}/`));
  const missing = named.filter((name) => !paths.some((path) => isNamed(name, path)));
  if (missing.length > 0) {
    const hint = `--new takes names of migrations in ${folder}`;
    throw new CannotReview(
      missing.map((name) => problem(`${name} is none of the migrations in ${folder}`, hint)),
    );
  }
  const head = layout.order(await readFiles(root, paths));
  const isAdded = ({ path }: Migration) => named.some((name) => isNamed(name, path));
  const base = head.migrations.filter((migration) => !isAdded(migration));
  return {
    comparison: {
      kind: 'named',
      files: paths.filter((path) => named.some((name) => isNamed(name, path))),
    },
    ...toRun(base, head, isAdded, layout.isOrderedByVersion),
    touched: [],
    changedLines: new Map(),
  };
}

/** A file, or a folder of one migration, may be named from the working directory or from the folder. */
function pathsOf({ root, folder }: ChangeSource, name: string): readonly string[] {
  const path = normalize(name.startsWith('/') ? relative(root, name) : name).replace(/\/$/, '');
  return [path, join(folder, path)];
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
  const earlier = changes.flatMap(earlierPath).filter((path) => isRead(source, path));
  const changed = new Set(changes.map(({ path }) => path));
  const [headFiles, earlierFiles] = await Promise.all([
    readFiles(source.root, paths),
    Promise.all(earlier.map(async (path) => ({ path, bytes: await git.contentAt(commit, path) }))),
  ]);
  const unchanged = headFiles.filter(({ path }) => !changed.has(path));
  const renames = new Map(
    changes.flatMap((each) => (each.kind === 'renamed' ? [[each.from, each.path] as const] : [])),
  );
  const { layout } = source;
  return {
    comparison: { kind: 'git', base: name, mergeBase: commit },
    ...compareMigrations(
      layout.order([...unchanged, ...decodeAll(earlierFiles)]),
      layout.order(headFiles),
      renames,
      layout.isOrderedByVersion,
    ),
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

async function migrationPaths(source: ChangeSource): Promise<readonly string[]> {
  const files = await listFolder(source.root, source.folder);
  return files.map((file) => join(source.folder, file)).filter((path) => isRead(source, path));
}

function isRead({ folder, layout }: ChangeSource, path: string): boolean {
  const within = relative(normalize(folder), path);
  return !within.startsWith('../') && layout.isMigration(within);
}
