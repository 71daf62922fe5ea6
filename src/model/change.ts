import type { Draft, Migration } from './migration.ts';

/** A migration that the base already had and that the change touches: production has run the base's version. */
export type TouchedMigration =
  | {
      readonly kind: 'modified';
      readonly path: string;
      /** What production has run. */
      readonly before: string;
      /** What the change makes of it. */
      readonly after: string;
    }
  | { readonly kind: 'renamed'; readonly path: string; readonly from: string }
  | { readonly kind: 'deleted'; readonly path: string };

/** What is odd about the versions of migrations. */
export type VersionRemark =
  /** Several files have one version; they run in the order of their names. */
  | { readonly kind: 'tie'; readonly version: string; readonly paths: readonly string[] }
  /** Versions count up by one, but one or more are missing before this file. */
  | { readonly kind: 'gap'; readonly after: string; readonly before: string; readonly path: string }
  /** A file among versioned ones has no version, so that nobody knows when it runs. */
  | { readonly kind: 'unversioned'; readonly path: string }
  /** A migration written in code, which only its own tool can run. */
  | { readonly kind: 'in code'; readonly path: string }
  /** An added version sorts before the last one of the base: production runs it later than a fresh database does. */
  | { readonly kind: 'out of order'; readonly path: string; readonly version: string; readonly last: string }
  /** An added baseline: production has all that it stands for, so that only fresh databases run it. */
  | { readonly kind: 'baseline'; readonly path: string; readonly version: string };

/** How base and head were told apart. */
export type Comparison =
  | { readonly kind: 'named'; readonly files: readonly string[] }
  | { readonly kind: 'git'; readonly base: string; readonly mergeBase: string };

/** What somebody says that the head is to be compared with. */
export type StatedBase =
  /** The head of a pull request is often checked out as the commit that merges it into its base. */
  | { readonly kind: 'pull request'; readonly headSha: string; readonly baseSha: string }
  /** A branch, tag or commit. */
  | { readonly kind: 'named'; readonly name: string }
  | { readonly kind: 'default branch' };

/** What the pull request changes. */
export interface Change {
  readonly comparison: Comparison;
  /** What the base branch had, in version order and with the base's text. */
  readonly base: readonly Migration[];
  /** What the change adds, in version order. */
  readonly added: readonly Migration[];
  readonly touched: readonly TouchedMigration[];
  readonly remarks: readonly VersionRemark[];
  readonly changedLines: ChangedLines;
}

/** Lines of a file, from 1, both ends included. */
export interface LineRange {
  readonly from: number;
  readonly to: number;
}

/** Lines of the head's files that the change adds or that stand right beside such, by path. */
export type ChangedLines = ReadonlyMap<string, readonly LineRange[]>;

/** A file of the migrations folder. Its path is relative to the working directory. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** What a migration tool's conventions make of the files of its folder. */
export interface ReadMigrations {
  /** In the order in which they run. */
  readonly migrations: readonly Migration[];
  readonly remarks: readonly VersionRemark[];
}

/** A table in which a migration tool writes down what it has run. */
interface BookkeepingTable {
  /** Without its schema. */
  readonly name: string;
  /** The statements that the tool creates it with. */
  readonly ddl: string;
}

/** A migration tool's conventions. */
export interface Layout {
  readonly name: string;
  /**
   * Whether versions say when migrations run. A version before the last one that production has run is then out
   * of order; otherwise whatever has not run yet runs, wherever it stands.
   */
  readonly isOrderedByVersion: boolean;
  /** In the order in which the tool creates them. */
  readonly bookkeeping: readonly BookkeepingTable[];
  /** Whether a file, by its path within the migrations folder, is read: a migration, or what says how to run them. */
  isMigration(path: string): boolean;
  /** @throws CannotReview with every mistake in the files that keeps the tool from running them. */
  order(files: readonly SourceFile[]): ReadMigrations;
  /**
   * The files that hold these migrations in this tool's form, in place of one migration: versioned, marked and
   * ordered so that the tool runs them one after the other where it would have run that one. Versions that are
   * whole numbers take those that follow, so that a later migration of the same change may have to move up. None
   * where the tool has no way to run them so: it wraps all migrations of a deploy in one transaction, or each in
   * one always.
   */
  write(drafts: readonly Draft[], instead: Migration): readonly SourceFile[];
}
