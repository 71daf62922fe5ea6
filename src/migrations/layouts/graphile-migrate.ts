import { createHash } from 'node:crypto';
import { basename, dirname, join } from 'node:path/posix';
import type { Layout, ReadMigrations, SourceFile } from '../../model/change.ts';
import type { Draft, Migration, Wrapping } from '../../model/migration.ts';
import { CannotReview, type Problem, problem } from '../../model/problem.ts';
import { blankQuoted } from '../../sql/blank.ts';
import { Lines } from '../../sql/position.ts';
import { eachAlone, sqlOf } from './conventions/drafts.ts';
import { fillPlaceholders, type Placeholder, type Placeholders } from './conventions/placeholders.ts';
import { compareNumbers, countUp, inVersionOrder } from './conventions/versions.ts';
import type { Tool } from './tool.ts';

/**
 * graphile-migrate: `committed/NNNNNN.sql`, and `current.sql` or files of `current/`, which run again and again
 * until they are committed (graphile/migrate, `src/migration.ts`). A file is one transaction; with
 * `--! no-transaction` it is sent as one query without one. Placeholders are in `.gmrc`.
 */
export const graphileMigrate: Tool = {
  name: 'graphile-migrate',
  folders: ['migrations'],
  async configuration(project) {
    const found = await project.firstOf(['.gmrc', '.gmrc.js', '.gmrc.cjs']);
    if (found === null) return null;
    const folder = /["']?migrationsFolder["']?\s*:\s*["']([^"']+)["']/.exec(found.text)?.[1];
    return {
      file: found.file,
      folders: folder === undefined ? [] : [join(folder)],
      placeholders: placeholdersOf(found.text),
    };
  },
  recognises: ({ files }) => (files.some((file) => /^committed\/\d{6,}.*\.sql$/.test(file)) ? 'marks' : null),
  layout: (placeholders) => ({
    name: 'graphile-migrate',
    isOrderedByVersion: true,
    bookkeeping,
    isMigration: (path) => /^(?:committed\/\d{6,}[^/]*|current|current\/\d{3,}[^/]*)\.sql$/.test(path),
    order: (files) => order(files, placeholders),
    write,
  }),
};

const bookkeeping: Layout['bookkeeping'] = [
  {
    name: 'graphile_migrate',
    ddl: `CREATE SCHEMA IF NOT EXISTS graphile_migrate;
CREATE TABLE graphile_migrate.migrations (
  hash text PRIMARY KEY,
  previous_hash text REFERENCES graphile_migrate.migrations,
  filename text NOT NULL,
  date timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE graphile_migrate.current (
  filename text PRIMARY KEY DEFAULT 'current.sql',
  content text NOT NULL,
  date timestamptz NOT NULL DEFAULT now()
)`,
  },
];

/** `.gmrc` is JSON with comments: the pairs of its `placeholders` are enough. Those of the environment stay out. */
function placeholdersOf(text: string): Placeholders {
  const pairs = /["']?placeholders["']?\s*:\s*\{([^}]*)\}/.exec(text)?.[1] ?? '';
  return new Map(
    [...pairs.matchAll(/["']:?([A-Z][A-Z0-9_]*)["']\s*:\s*"([^"\n]*)"/g)]
      .filter(([, , value]) => value !== '!ENV')
      .map(([, name = '', value = '']) => [name, value]),
  );
}

function order(files: readonly SourceFile[], placeholders: Placeholders): ReadMigrations {
  const includes = files.flatMap(includesOf);
  if (includes.length > 0) throw new CannotReview(includes);
  const migrations = fillPlaceholders(files, findPlaceholders, placeholders).flatMap(
    (file): readonly Migration[] => {
      // What is left of current.sql once it is committed.
      if (/^\s*$/.test(file.text.replaceAll(/--[^\n]*/g, ''))) return [];
      const version = /^\d+/.exec(basename(file.path))?.[0] ?? 'current';
      const isCommitted = basename(dirname(file.path)) === 'committed';
      const kind = isCommitted ? 'versioned' : 'repeatable';
      return [{ ...file, version, kind, wrapping: wrappingOf(file.text), down: null }];
    },
  );
  return inVersionOrder(migrations, compareNumbers);
}

function includesOf({ path, text }: SourceFile): readonly Problem[] {
  const lines = new Lines(text);
  return [...text.matchAll(/^--!\s*include\b.*$/gim)].map(({ index }) =>
    problem('an included file is not read', 'commit the migration, which puts its text in', {
      file: path,
      line: lines.lineAt(index),
    }),
  );
}

/** The mark stands on the first line behind the header of a committed file. */
function wrappingOf(text: string): Wrapping {
  return /^(?:(?:--!.*)?\r?\n)*?--!\s*no-transaction\b/.test(text) ? 'one query' : 'transaction';
}

function findPlaceholders(text: string): readonly Placeholder[] {
  return [...blankQuoted(text).matchAll(/(?<![:\w\]]):([A-Z][A-Z0-9_]*)\b/g)].map(
    ({ 0: spelled, 1: name = '', index }) => ({ name, from: index, to: index + spelled.length }),
  );
}

/** Each committed file names the hash of the one before; `current.sql` becomes one file when it is committed. */
function write(drafts: readonly Draft[], instead: Migration): readonly SourceFile[] {
  const pieces = eachAlone(drafts);
  if (instead.kind === 'repeatable') {
    const [piece] = pieces;
    if (piece === undefined || pieces.length > 1) return [];
    return [{ path: instead.path, text: bodyOf(piece) }];
  }
  let previous = /^--! Previous: (\S+)/.exec(instead.text)?.[1] ?? '-';
  return pieces.map((piece, index) => {
    const body = bodyOf(piece);
    const header = `--! Previous: ${previous}\n--! Hash: `;
    previous = hashOf(body, previous);
    const name = `${countUp(instead.version, index)}-${piece.title.replaceAll('_', '-')}.sql`;
    return { path: join(dirname(instead.path), name), text: `${header}${previous}\n\n${body}` };
  });
}

function bodyOf({ transaction, statements }: Draft): string {
  return `${transaction === 'none' ? '--! no-transaction\n' : ''}${sqlOf(statements)}`;
}

/** As graphile-migrate checks it before it runs a file (graphile/migrate, `src/hash.ts`). */
function hashOf(body: string, previous: string): string {
  const hashed = `${`${previous === '-' ? '' : previous}\n${body}`.trim()}\n`;
  return `sha1:${createHash('sha1').update(hashed).digest('hex')}`;
}
