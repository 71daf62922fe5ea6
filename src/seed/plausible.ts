import type { Unchecked } from '../model/review.ts';
import type { Session } from '../model/server.ts';
import type { ComparedConstant } from '../sql/comparisons.ts';
import { readExpectations } from './expectations.ts';
import { fill } from './fill.ts';
import { filledPlaces } from './filled.ts';
import { refreshViews } from './refresh.ts';
import { asUnboundOwner } from './row-security.ts';
import { seedingOrder } from './schema/order.ts';
import { resemblances } from './schema/resemblance.ts';
import { readSeedTables, type SeedTable } from './schema/tables.ts';
import { setReferences, setSequences } from './settle.ts';
import { domainValues } from './values/domains.ts';

/** What rows are made for. */
export interface SeedOptions {
  /** How many rows each table and each partition gets. */
  readonly rows: number;
  /** A session in a copy of the database on which the change was run, or null: rows are to meet what it adds. */
  readonly head: Session | null;
  /** Constants that the change and the workload compare columns with. */
  readonly constants: readonly ComparedConstant[];
}

/** As many rows as tell one from several, and the first from the last. */
export const usualRows = 3;

/**
 * Gives every table that has none a few plausible rows, always the same: they meet all constraints, refer to each
 * other, differ where they can, and are NULL only where they must. Tables that hold rows are left alone. Triggers
 * and defaults do what they do in production. Materialised views are refreshed.
 *
 * @param session as the tables' owner, who is not bound by row level security; where a table forces it on its
 * owner, it is suspended meanwhile
 * @returns tables that could not be filled
 */
export async function seedPlausible(session: Session, options: SeedOptions): Promise<readonly Unchecked[]> {
  const tables = await readSeedTables(session);
  const unchecked = await asUnboundOwner(session, tables, () => seedTables(session, tables, options));
  return [...unchecked, ...(await refreshViews(session))];
}

async function seedTables(
  session: Session,
  tables: readonly SeedTable[],
  { rows, head, constants }: SeedOptions,
): Promise<readonly Unchecked[]> {
  const expectations = head === null ? new Map() : await readExpectations(head, tables);
  const filled = await filledPlaces(session, tables);
  const types = tables.flatMap(({ columns }) => columns.map(({ type }) => type));
  const domains = await domainValues(session, types);
  const resembling = resemblances(tables);
  const levels = seedingOrder(tables, (table) => [
    ...(expectations.get(table.oid)?.foreignKeys ?? []),
    ...resembling(table),
  ]);
  const byOid = new Map(tables.map((table) => [table.oid, table]));
  const seeding = { session, tables: byOid, rows, filled, domains, expectations, constants };
  const unchecked: Unchecked[] = [];
  for (const level of levels) {
    const results = await Promise.all(level.map((step) => fill(seeding, step)));
    unchecked.push(...results.flat());
  }
  await setReferences(seeding, levels.flat());
  await setSequences(session, tables);
  if (unchecked.length === 0) return [];
  // Triggers of other tables give rows too, and then there is no room for more with the same keys.
  const filledSince = await filledPlaces(session, tables);
  return unchecked.filter(({ subject }) => !filledSince.has(subject));
}
