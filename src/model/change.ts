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

/** Two migrations whose order is not certain, or a version that is missing between two others. */
export type VersionRemark =
  | { readonly kind: 'tie'; readonly version: string; readonly paths: readonly string[] }
  | { readonly kind: 'gap'; readonly after: string; readonly before: string; readonly path: string };

/** How base and head were told apart. */
export type Comparison =
  | { readonly kind: 'named'; readonly files: readonly string[] }
  | { readonly kind: 'git'; readonly base: string; readonly mergeBase: string };

/** What the pull request changes. */
export interface Change {
  readonly comparison: Comparison;
  /** What the base branch had, in version order and with the base's text. */
  readonly base: readonly MigrationFile[];
  /** What the change adds, in version order. */
  readonly added: readonly MigrationFile[];
  readonly touched: readonly TouchedMigration[];
  readonly remarks: readonly VersionRemark[];
}
