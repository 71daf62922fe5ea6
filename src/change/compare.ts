import type { Change, ReadMigrations, TouchedMigration, VersionRemark } from '../model/change.ts';
import type { Migration } from '../model/migration.ts';

/** Which migrations the base had, which the change adds, and which it touches. */
type Compared = Pick<Change, 'base' | 'added' | 'touched' | 'remarks'>;

/** A migration of the base, with what the head has for it. */
interface Pair {
  readonly before: Migration;
  readonly after: Migration | null;
  /** Whether its file is another one. It is not, where a later version of it has the name that it had. */
  readonly isRenamed: boolean;
}

/**
 * Tells base and head apart, migration by migration: one file may hold several.
 *
 * @param renames new paths of files by their old ones
 * @param isOrderedByVersion whether a version can be out of order
 */
export function compareMigrations(
  base: ReadMigrations,
  head: ReadMigrations,
  renames: ReadonlyMap<string, string>,
  isOrderedByVersion: boolean,
): Compared {
  const pairs = pairUp(base.migrations, head.migrations, renames);
  const kept = new Set(pairs.flatMap(({ after }) => after ?? []));
  const again = new Set(
    pairs.flatMap((pair) => (runsAgain(pair) && pair.after !== null ? [pair.after] : [])),
  );
  return {
    touched: pairs.flatMap(toTouched),
    ...toRun(
      base.migrations,
      head,
      (migration) => !kept.has(migration) || again.has(migration),
      isOrderedByVersion,
    ),
  };
}

/** What runs as the base, and what as the change, of migrations that somebody has told apart. */
export function toRun(
  base: readonly Migration[],
  head: ReadMigrations,
  isAdded: (migration: Migration) => boolean,
  isOrderedByVersion: boolean,
): Pick<Compared, 'base' | 'added' | 'remarks'> {
  const added = head.migrations.filter(isAdded);
  const baselines = base.length === 0 ? [] : added.filter(({ kind }) => kind === 'baseline');
  return {
    base: fromBaseline(base),
    added: base.length === 0 ? fromBaseline(added) : added.filter(({ kind }) => kind !== 'baseline'),
    remarks: [
      ...head.remarks,
      ...(isOrderedByVersion ? outOfOrder(head.migrations, isAdded) : []),
      ...baselines.map(({ path, version }): VersionRemark => ({ kind: 'baseline', path, version })),
    ],
  };
}

function pairUp(
  base: readonly Migration[],
  head: readonly Migration[],
  renames: ReadonlyMap<string, string>,
): readonly Pair[] {
  const earlierPaths = new Set(base.map(({ path }) => path));
  const inPlace = new Map(head.map((migration) => [keyOf(migration), migration]));
  const byPath = new Map(head.map((migration) => [migration.path, migration]));
  return base.map((before): Pair => {
    const renamed = renames.get(before.path);
    const after =
      inPlace.get(keyOf(before)) ??
      (renamed === undefined
        ? head.find((each) => !earlierPaths.has(each.path) && isMoved(before, each))
        : (inPlace.get(keyOf({ ...before, path: renamed })) ?? byPath.get(renamed)));
    const isRenamed = after !== undefined && after.path !== before.path && !byPath.has(before.path);
    return { before, after: after ?? null, isRenamed };
  });
}

/** A path alone does not tell a migration: a file may hold several. */
function keyOf({ path, version }: Migration): string {
  return `${path}\0${version}`;
}

function isMoved(before: Migration, after: Migration): boolean {
  return before.version === after.version && isSameText(before, after);
}

/** Blank lines are what is left of other parts of the file, and there may be more or fewer of them. */
function isSameText(before: Migration, after: Migration): boolean {
  return writtenLines(before) === writtenLines(after);
}

function writtenLines({ text }: Migration): string {
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
    .join('\n');
}

/** A repeatable migration runs again once its text has changed. */
function runsAgain({ before, after }: Pair): boolean {
  return after?.kind === 'repeatable' && !isSameText(before, after);
}

function toTouched(pair: Pair): readonly TouchedMigration[] {
  const { before, after, isRenamed } = pair;
  if (after === null) return [{ kind: 'deleted', path: before.path }];
  if (runsAgain(pair)) return [];
  if (isRenamed) return [{ kind: 'renamed', path: after.path, from: before.path }];
  if (isSameText(before, after)) return [];
  return [{ kind: 'modified', path: after.path, before: before.text, after: after.text }];
}

/** A fresh database begins with the last baseline, and runs nothing that it stands for. */
function fromBaseline(migrations: readonly Migration[]): readonly Migration[] {
  const last = migrations.findLastIndex(({ kind }) => kind === 'baseline');
  return last === -1 ? migrations : migrations.slice(last);
}

/** @param head in the order in which a fresh database runs it */
function outOfOrder(
  head: readonly Migration[],
  isAdded: (migration: Migration) => boolean,
): readonly VersionRemark[] {
  const versioned = head.filter(({ kind }) => kind === 'versioned');
  const lastIndex = versioned.findLastIndex((migration) => !isAdded(migration));
  const last = versioned[lastIndex];
  if (last === undefined) return [];
  return versioned
    .slice(0, lastIndex)
    .filter((migration) => isAdded(migration) && migration.version !== last.version)
    .map(({ path, version }) => ({ kind: 'out of order', path, version, last: last.version }));
}
