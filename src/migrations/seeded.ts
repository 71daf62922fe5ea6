import type { Migration } from '../model/migration.ts';
import type { Unchecked } from '../model/review.ts';
import type { Sandbox } from '../model/server.ts';
import { seedFromFile } from '../seed/file.ts';
import { seedPlausible, usualRows } from '../seed/plausible.ts';
import { type ComparedConstant, comparedConstants } from '../sql/comparisons.ts';

/** What decides about the rows that the base gets. */
export interface Seeds {
  /** What the change adds. */
  readonly migrations: readonly Migration[];
  /** Captured queries, whose conditions the rows should meet too. */
  readonly queries: readonly string[];
  /** Working directory, and the user's file with rows in it, or null. */
  readonly root: string;
  readonly file: string | null;
  /**
   * A copy of the database on which the change was run without any rows, or null where it fails there already. It
   * shows what the change will demand of rows, so that it fails on them only where any rows would make it fail.
   */
  readonly head: string | null;
}

/**
 * Gives the tables of the base rows: those of the user's file, and plausible ones where there are none.
 *
 * @param database that nobody is connected to
 * @returns tables that could not be filled
 * @throws CannotReview where the file cannot be read or run.
 */
export async function seedBase(
  sandbox: Sandbox,
  database: string,
  { migrations, queries, root, file, head }: Seeds,
): Promise<readonly Unchecked[]> {
  await using session = await sandbox.connect(database, 'owner');
  if (file !== null) await seedFromFile(session, root, file);
  const constants = [...migrations.map(({ text }) => text), ...queries].flatMap(comparedConstants);
  const options = { rows: usualRows, constants: distinct(constants) };
  if (head === null) return await seedPlausible(session, { ...options, head: null });
  await using after = await sandbox.connect(head, 'owner');
  return await seedPlausible(session, { ...options, head: after });
}

/** Queries say the same again and again. */
function distinct(constants: readonly ComparedConstant[]): readonly ComparedConstant[] {
  return [...new Map(constants.map((each) => [JSON.stringify(each), each])).values()];
}
