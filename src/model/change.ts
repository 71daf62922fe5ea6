/** One migration file. */
export interface MigrationFile {
  /** Relative to the working directory, with forward slashes. */
  readonly path: string;
  /** What orders it among the others, as written in its name: `0042`, `20260114093000`, `1.2`. */
  readonly version: string;
  readonly text: string;
}

/** A migration that the base already had and that the change touches: production has run the base's version. */
export type TouchedMigration =
  | { readonly kind: 'modified'; readonly path: string }
  | { readonly kind: 'renamed'; readonly path: string; readonly from: string }
  | { readonly kind: 'deleted'; readonly path: string };

/** What is odd about the versions of migrations. */
export type VersionRemark =
  /** Several files have one version; they run in the order of their names. */
  | { readonly kind: 'tie'; readonly version: string; readonly paths: readonly string[] }
  /** Versions count up by one, but one or more are missing before this file. */
  | { readonly kind: 'gap'; readonly after: string; readonly before: string; readonly path: string }
  /** A file among versioned ones has no version, so that nobody knows when it runs. */
  | { readonly kind: 'unversioned'; readonly path: string };

/** How base and head were told apart. */
type Comparison =
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
  readonly base: readonly MigrationFile[];
  /** What the change adds, in version order. */
  readonly added: readonly MigrationFile[];
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

/** A file of the migrations folder. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** What a migration tool's conventions make of the files of its folder. */
export interface ReadMigrations {
  /** In the order in which they run. */
  readonly migrations: readonly MigrationFile[];
  readonly remarks: readonly VersionRemark[];
}

/** A migration tool's conventions. */
export interface Layout {
  readonly name: string;
  /** Whether a file, by its base name, holds a migration. */
  isMigration(name: string): boolean;
  order(files: readonly SourceFile[]): ReadMigrations;
}
