import { basename } from 'node:path/posix';
import type { Layout, MigrationFile, ReadMigrations, SourceFile, VersionRemark } from '../../model/change.ts';

/** `V1__name.sql`, `V2.1__name.sql`: the version ends at two underscores. */
const flywayVersion = /^V(\d+(?:[._]\d+)*)__/;
/** `0042_name.sql`, `7-name.sql`, `20260114093000.sql`, `2026-01-14-093000_name.sql`. */
const numericVersion = /^(\d+(?:-\d+)*)(?=[_.\- ])/;

/** Versions this long are points in time, between which nothing is missing. */
const shortestTimestamp = 8;

function versionOf(path: string): string | null {
  const name = basename(path);
  return (flywayVersion.exec(name) ?? numericVersion.exec(name))?.[1] ?? null;
}

/** A version's numbers, compared one after the other: `1.10` follows `1.9`. */
function numbersOf(version: string): readonly bigint[] {
  return version.split(/[._-]/).map(BigInt);
}

function compareVersions(a: string, b: string): number {
  const left = numbersOf(a);
  const right = numbersOf(b);
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const difference = (left[index] ?? 0n) - (right[index] ?? 0n);
    if (difference !== 0n) return difference < 0n ? -1 : 1;
  }
  return 0;
}

/** A folder of `.sql` files whose names begin with their versions. */
export const plain: Layout = {
  name: 'plain',

  isMigration: (name) => /\.sql$/i.test(name) && !/(^|\.)(down|undo)\.sql$/i.test(name),

  order(files: readonly SourceFile[]): ReadMigrations {
    const versions = files.map((file) => ({ file, version: versionOf(file.path) }));
    const anyVersion = versions.some(({ version }) => version !== null);
    const migrations = versions
      // Where no file has a version, names are all there is to go by.
      .flatMap(({ file, version }): readonly MigrationFile[] => {
        if (anyVersion && version === null) return [];
        return [{ ...file, version: version ?? basename(file.path) }];
      })
      .toSorted(
        (a, b) => (anyVersion ? compareVersions(a.version, b.version) : 0) || compareText(a.path, b.path),
      );
    const unversioned = anyVersion ? versions.filter(({ version }) => version === null) : [];
    return {
      migrations,
      remarks: [
        ...unversioned.map(({ file }): VersionRemark => ({ kind: 'unversioned', path: file.path })),
        ...(anyVersion ? [...ties(migrations), ...gaps(migrations)] : []),
      ],
    };
  },
};

/** By code units, as a shell with LC_ALL=C lists files: the same on every machine. */
function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function ties(migrations: readonly MigrationFile[]): readonly VersionRemark[] {
  const byVersion = Map.groupBy(migrations, ({ version }) => numbersOf(version).join('.'));
  return [...byVersion.values()]
    .filter((same) => same.length > 1)
    .map((same) => ({ kind: 'tie', version: same[0]?.version ?? '', paths: same.map(({ path }) => path) }));
}

function gaps(migrations: readonly MigrationFile[]): readonly VersionRemark[] {
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
