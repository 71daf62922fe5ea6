import { basename, dirname, join } from 'node:path/posix';
import type { Layout, ReadMigrations, SourceFile, VersionRemark } from '../../model/change.ts';
import type { Draft, Migration } from '../../model/migration.ts';
import { eachAlone, numberOf, sqlOf } from './conventions/drafts.ts';
import { compareNumbers, compareText, inVersionOrder } from './conventions/versions.ts';
import type { Tool } from './tool.ts';

/** `V1__name.sql`, `V2.1__name.sql`: the version ends at two underscores. */
const prefixedVersion = /^V(\d+(?:[._]\d+)*)__/;
/** `0042_name.sql`, `7-name.sql`, `20260114093000.sql`, `2026-01-14-093000_name.sql`. */
const numericVersion = /^(\d+(?:-\d+)*)(?=[_.\- ])/;

function versionOf(path: string): string | null {
  const name = basename(path);
  return (prefixedVersion.exec(name) ?? numericVersion.exec(name))?.[1] ?? null;
}

function toMigration(file: SourceFile, version: string): Migration {
  return { ...file, version, kind: 'versioned', wrapping: 'unknown', down: null };
}

/** A folder of `.sql` files whose names begin with their versions, run by nobody knows what. */
export const plain: Layout = {
  name: 'plain',
  isOrderedByVersion: true,
  bookkeeping: [],

  isMigration: (path) => /^[^/]+\.sql$/i.test(path) && !/(^|\.)(down|undo)\.sql$/i.test(path),

  order(files: readonly SourceFile[]): ReadMigrations {
    const versioned = files.flatMap((file) => {
      const version = versionOf(file.path);
      return version === null ? [] : [toMigration(file, version)];
    });
    // Where no file has a version, names are all there is to go by.
    if (versioned.length === 0) {
      const named = files.map((file) => toMigration(file, basename(file.path)));
      return { migrations: inVersionOrder(named, compareText).migrations, remarks: [] };
    }
    const unversioned = files.filter(({ path }) => versionOf(path) === null);
    const { migrations, remarks } = inVersionOrder(versioned, compareNumbers);
    return {
      migrations,
      remarks: [...unversioned.map(({ path }): VersionRemark => ({ kind: 'unversioned', path })), ...remarks],
    };
  },

  // All keep the version; what follows it sorts them, before the next version.
  write(drafts: readonly Draft[], instead: Migration): readonly SourceFile[] {
    const files = eachAlone(drafts);
    return files.map(({ title, statements }, index) => ({
      path: join(
        dirname(instead.path),
        `${instead.version.replace(/\.sql$/i, '')}_${numberOf(index, files.length)}_${title}.sql`,
      ),
      text: sqlOf(statements),
    }));
  },
};

/** What is taken where no tool is found. */
export const noTool: Tool = {
  name: 'plain',
  folders: ['migrations', 'db/migrations'],
  configuration: async () => null,
  recognises: () => null,
  layout: () => plain,
};
