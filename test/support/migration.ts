import type { Migration } from '../../src/model/migration.ts';

/** A migration `N.sql` that only has a text, with whatever else a test wants to say of it. */
export function migration(text: string, number = 1, more: Partial<Migration> = {}): Migration {
  return {
    path: `${number}.sql`,
    version: `${number}`,
    text,
    kind: 'versioned',
    wrapping: 'unknown',
    down: null,
    ...more,
  };
}
