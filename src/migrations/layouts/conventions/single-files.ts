import { basename } from 'node:path/posix';
import type { Layout, ReadMigrations, SourceFile, VersionRemark } from '../../../model/change.ts';
import type { Draft, Migration, Wrapping } from '../../../model/migration.ts';
import { CannotReview, type Problem } from '../../../model/problem.ts';
import { type Compare, inVersionOrder } from './versions.ts';

/** One direction of a migration: the text that runs, at its place in the file, and how it is wrapped. */
export interface Half {
  readonly text: string;
  readonly wrapping: Wrapping;
}

/** What a tool runs of a file. */
export interface Part {
  readonly kind: Migration['kind'];
  readonly up: Half;
  readonly down: Half | null;
}

/** Conventions of a tool whose migrations are single files of one folder, without folders in it. */
export interface SingleFiles {
  readonly name: string;
  readonly bookkeeping: Layout['bookkeeping'];
  /** Matches the names of migrations; its first group is the version. */
  readonly pattern: RegExp;
  /** Names of migrations in code, where the tool knows such. */
  readonly code?: RegExp;
  readonly compare: Compare;
  /** Prepares files, for example by filling in placeholders. */
  prepare?(files: readonly SourceFile[]): readonly SourceFile[];
  /** Mostly one part; problems where the tool would refuse the file. */
  read(file: SourceFile): readonly (Part | Problem)[];
  write(drafts: readonly Draft[], instead: Migration): readonly SourceFile[];
}

export function singleFileLayout(tool: SingleFiles): Layout {
  return {
    name: tool.name,
    isOrderedByVersion: true,
    bookkeeping: tool.bookkeeping,
    isMigration: (path) => /^[^/]+\.sql$/i.test(path) || (!path.includes('/') && isCode(tool, path)),
    order: (files) => order(tool, files),
    write: (drafts, instead) => tool.write(drafts, instead),
  };
}

function isCode({ code }: SingleFiles, path: string): boolean {
  return code?.test(basename(path)) ?? false;
}

function order(tool: SingleFiles, files: readonly SourceFile[]): ReadMigrations {
  const scripts = files.filter(({ path }) => !isCode(tool, path));
  const versioned = scripts.filter(({ path }) => tool.pattern.test(basename(path)));
  const read = (tool.prepare?.(versioned) ?? versioned).map((file) => ({ file, parts: tool.read(file) }));
  const problems = read.flatMap(({ parts }) => parts.filter((part) => 'message' in part));
  if (problems.length > 0) throw new CannotReview(problems);
  const migrations = read.flatMap(({ file: { path }, parts }) =>
    parts
      .filter((part) => 'kind' in part)
      .map(({ kind, up, down }, index): Migration => {
        const version = tool.pattern.exec(basename(path))?.[1] ?? '';
        return {
          path,
          ...up,
          version: index === 0 ? version : `${version}#${index + 1}`,
          kind,
          down: down === null ? null : { path, ...down },
        };
      }),
  );
  const ordered = inVersionOrder(migrations, tool.compare);
  return {
    migrations: ordered.migrations,
    remarks: [
      ...files.flatMap(({ path }): readonly VersionRemark[] => {
        if (isCode(tool, path)) return [{ kind: 'in code', path }];
        return tool.pattern.test(basename(path)) ? [] : [{ kind: 'unversioned', path }];
      }),
      ...ordered.remarks,
    ],
  };
}
