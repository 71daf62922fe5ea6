import { basename, dirname, join } from 'node:path/posix';
import { z } from 'zod';
import type { Layout, ReadMigrations, SourceFile, VersionRemark } from '../../model/change.ts';
import type { Draft, Migration } from '../../model/migration.ts';
import { CannotReview, problem } from '../../model/problem.ts';
import { sqlOf } from './conventions/drafts.ts';
import { compareText, inVersionOrder } from './conventions/versions.ts';
import type { Tool } from './tool.ts';

const journalSchema = z.object({
  entries: z.array(z.object({ idx: z.number(), tag: z.string() })),
});

const configurations = ['ts', 'js', 'mjs', 'cjs', 'mts', 'json'].map((ending) => `drizzle.config.${ending}`);

/**
 * Drizzle: `TAG.sql` in the order of `meta/_journal.json`, or since drizzle-kit 1.0 `NAME/migration.sql` in the order
 * of the names. All that is pending runs in one transaction (drizzle-team/drizzle-orm, `pg-core/dialect.ts`);
 * the breakpoints between statements are comments.
 */
export const drizzle: Tool = {
  name: 'drizzle',
  folders: ['drizzle', 'drizzle/migrations', 'src/db/migrations', 'migrations'],
  async configuration(project) {
    const found = await project.firstOf(configurations);
    if (found === null) return null;
    const folder = /["']?\bout["']?\s*:\s*["'`]([^"'`]+)["'`]/.exec(found.text)?.[1];
    return { file: found.file, folders: folder === undefined ? [] : [join(folder)], placeholders: new Map() };
  },
  recognises: ({ files }) =>
    files.some((file) => /^(?:meta\/_journal|[^/]+\/snapshot)\.json$/.test(file)) ? 'marks' : null,
  layout: () => layout,
};

const layout: Layout = {
  name: 'drizzle',
  isOrderedByVersion: true,
  bookkeeping: [
    {
      name: '__drizzle_migrations',
      ddl: `CREATE SCHEMA IF NOT EXISTS drizzle;
CREATE TABLE drizzle.__drizzle_migrations (id serial PRIMARY KEY, hash text NOT NULL, created_at bigint)`,
    },
  ],
  isMigration: (path) => /^(?:[^/]+\.sql|[^/]+\/migration\.sql|meta\/_journal\.json)$/.test(path),

  order(files) {
    const journal = files.find(({ path }) => basename(path) === '_journal.json');
    return journal === undefined ? byName(files) : byJournal(files, journal);
  },

  // Whatever the number of files, they would run in one transaction.
  write(drafts: readonly Draft[], instead: Migration): readonly SourceFile[] {
    const [draft] = drafts;
    if (draft === undefined || drafts.length > 1 || draft.transaction === 'none') return [];
    return [{ path: instead.path, text: sqlOf(draft.statements) }];
  },
};

function toMigration(file: SourceFile, version: string): Migration {
  return { ...file, version, kind: 'versioned', wrapping: 'deploy', down: null };
}

function byName(files: readonly SourceFile[]): ReadMigrations {
  const migrations = files.map((file) => {
    const name = basename(file.path);
    return toMigration(file, name === 'migration.sql' ? basename(dirname(file.path)) : name.slice(0, -4));
  });
  return inVersionOrder(migrations, compareText);
}

/** Only what the journal lists is run. */
function byJournal(files: readonly SourceFile[], journal: SourceFile): ReadMigrations {
  const tags = readJournal(journal);
  const scripts = files.filter((file) => file !== journal);
  const byTag = new Map(scripts.map((file) => [basename(file.path).slice(0, -4), file]));
  const migrations = tags.flatMap((tag): readonly Migration[] => {
    const file = byTag.get(tag);
    return file === undefined ? [] : [toMigration(file, tag)];
  });
  const unlisted = scripts.filter(({ path }) => !tags.includes(basename(path).slice(0, -4)));
  return {
    migrations,
    remarks: unlisted.map(({ path }): VersionRemark => ({ kind: 'unversioned', path })),
  };
}

function readJournal({ path, text }: SourceFile): readonly string[] {
  try {
    return journalSchema
      .parse(JSON.parse(text))
      .entries.toSorted((a, b) => a.idx - b.idx)
      .map(({ tag }) => tag);
  } catch (cause) {
    const hint = 'write it anew with drizzle-kit generate';
    throw new CannotReview([problem("this is no journal of drizzle's", hint, { file: path, line: null })], {
      cause,
    });
  }
}
