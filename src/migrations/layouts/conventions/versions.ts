import type { ReadMigrations, VersionRemark } from '../../../model/change.ts';
import type { Migration } from '../../../model/migration.ts';

/** Versions this long are points in time, between which nothing is missing. */
const shortestTimestamp = 8;

export type Compare = (a: string, b: string) => number;

/** By code units, as a shell with LC_ALL=C lists files: the same on every machine. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** A version's numbers, compared one after the other: `1.10` follows `1.9`. */
function numbersOf(version: string): readonly bigint[] {
  return version.split(/[._-]/).map(BigInt);
}

/** Compares versions of numbers that dots, underscores or hyphens part: 9 comes before 10. */
export function compareNumbers(a: string, b: string): number {
  const left = numbersOf(a);
  const right = numbersOf(b);
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const difference = (left[index] ?? 0n) - (right[index] ?? 0n);
    if (difference !== 0n) return difference < 0n ? -1 : 1;
  }
  return 0;
}

/**
 * Puts migrations into the order of their versions: a baseline behind the version it reaches to, and repeatable
 * ones, whose version is their name, at the end. Where versions are equal, paths decide.
 */
export function inVersionOrder(migrations: readonly Migration[], compare: Compare): ReadMigrations {
  const once = migrations
    .filter(({ kind }) => kind !== 'repeatable')
    .toSorted(
      (a, b) => compare(a.version, b.version) || compareText(b.kind, a.kind) || compareText(a.path, b.path),
    );
  const again = migrations
    .filter(({ kind }) => kind === 'repeatable')
    .toSorted((a, b) => compareText(a.version, b.version) || compareText(a.path, b.path));
  const versioned = once.filter(({ kind }) => kind === 'versioned');
  return { migrations: [...once, ...again], remarks: [...ties(versioned, compare), ...gaps(versioned)] };
}

/** @param migrations in version order */
function ties(migrations: readonly Migration[], compare: Compare): readonly VersionRemark[] {
  const groups: Migration[][] = [];
  for (const migration of migrations) {
    const group = groups.at(-1);
    const first = group?.[0];
    if (first !== undefined && compare(first.version, migration.version) === 0) group?.push(migration);
    else groups.push([migration]);
  }
  return groups.flatMap((same): readonly VersionRemark[] => {
    const [first, second] = same;
    if (first === undefined || second === undefined) return [];
    return [{ kind: 'tie', version: first.version, paths: same.map(({ path }) => path) }];
  });
}

/** @param migrations in version order */
function gaps(migrations: readonly Migration[]): readonly VersionRemark[] {
  return migrations.flatMap((migration, index): readonly VersionRemark[] => {
    const previous = migrations[index - 1];
    if (previous === undefined || !isCounter(previous.version) || !isCounter(migration.version)) return [];
    if (BigInt(migration.version) - BigInt(previous.version) <= 1n) return [];
    return [{ kind: 'gap', after: previous.version, before: migration.version, path: migration.path }];
  });
}

function isCounter(version: string): boolean {
  return /^\d+$/.test(version) && version.length < shortestTimestamp;
}

/** The version that many after a whole number, with as many digits: 0042 and 1 give 0043. Others get a suffix. */
export function countUp(version: string, by: number): string {
  if (!/^\d+$/.test(version)) return by === 0 ? version : `${version}.${by}`;
  return `${BigInt(version) + BigInt(by)}`.padStart(version.length, '0');
}
