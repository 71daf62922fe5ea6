import { escapeIdentifier, escapeLiteral } from 'pg';
import { type Session, StatementFailed } from '../model/server.ts';
import type { Seeding } from './fill.ts';
import { setReference } from './references.ts';
import type { Step } from './schema/order.ts';
import type { SeedTable } from './schema/tables.ts';

/** Sets the foreign keys that were left NULL, now that all tables have rows. */
export async function setReferences(
  { session, tables, filled }: Seeding,
  steps: readonly Step[],
): Promise<void> {
  const updates = steps
    .flatMap((step) => step.tables)
    .filter(({ table }) => table.destinations.some(({ name }) => !filled.has(name)))
    .flatMap(({ table, references }) =>
      references
        .filter(({ how }) => how === 'later')
        .flatMap((reference) => {
          const parent = tables.get(reference.references);
          return parent === undefined ? [] : [setReference(table, reference, parent)];
        }),
    );
  await Promise.all(updates.map((update) => attempt(session, update)));
}

/** Numbers that were given in place of a sequence's are not to come from it again. */
export async function setSequences(session: Session, tables: readonly SeedTable[]): Promise<void> {
  const moves = tables.flatMap(({ sql, columns }) =>
    columns
      .filter(({ numbered }) => numbered)
      .map(
        ({ name }) => `
          SELECT setval(sequence, greatest(highest, coalesce(pg_sequence_last_value(sequence), 0)))
          FROM (SELECT pg_get_serial_sequence(${escapeLiteral(sql)}, ${escapeLiteral(name)})::regclass AS sequence) s,
            (SELECT max(${escapeIdentifier(name)}) AS highest FROM ${sql}) t
          WHERE sequence IS NOT NULL AND highest > coalesce(pg_sequence_last_value(sequence), 0)`,
      ),
  );
  await Promise.all(moves.map((move) => attempt(session, move)));
}

/** What the server refuses here is no loss: the rows are valid without it. */
async function attempt(session: Session, sql: string): Promise<void> {
  try {
    await session.query(sql);
  } catch (error) {
    if (!(error instanceof StatementFailed)) throw error;
  }
}
