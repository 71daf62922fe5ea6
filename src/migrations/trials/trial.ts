import type { Migration } from '../../model/migration.ts';

/** Where a change is tried. */
export interface Trial {
  /** A database that nobody is connected to, in the state before the change, with plausible rows in it. */
  readonly template: string;
  /** What the change adds, in order. */
  readonly migrations: readonly Migration[];
}
