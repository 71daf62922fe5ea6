import type { Unchecked } from '../model/review.ts';
import type { Session } from '../model/server.ts';
import type { ComparedConstant } from '../sql/comparisons.ts';
import { agreedValues } from './agreed.ts';
import type { Expectations } from './expectations.ts';
import { type Inserted, insertRows, tryInsert } from './insert.ts';
import { type Ingredients, type MakeRow, rowsFor } from './rows.ts';
import type { Step } from './schema/order.ts';
import type { SeedTable } from './schema/tables.ts';
import { valuesWithin } from './values/preferred.ts';
import { type DomainValues, literal, typeSql } from './values/value.ts';

/** What is known while tables are filled. */
export interface Seeding {
  readonly session: Session;
  /** By oid. */
  readonly tables: ReadonlyMap<number, SeedTable>;
  /** How many rows each table and each partition gets. */
  readonly rows: number;
  /** Names of the tables and partitions that had rows before. */
  readonly filled: ReadonlySet<string>;
  readonly domains: DomainValues;
  /** What the change will demand, by oid of the table. */
  readonly expectations: ReadonlyMap<number, Expectations>;
  readonly constants: readonly ComparedConstant[];
}

/** Rows that go into a table, or into one of its partitions. */
interface Filling {
  readonly table: SeedTable;
  readonly place: string;
  readonly make: MakeRow;
  /** Number of the first row: partitions of a table share its numbers. */
  readonly first: number;
}

/** Fills the tables of a step. Returns those that the server let no row into. */
export async function fill(seeding: Seeding, step: Step): Promise<readonly Unchecked[]> {
  const fillings = (
    await Promise.all(step.tables.map((part) => fillingsOf(seeding, ingredientsOf(seeding, part, step))))
  ).flat();
  return step.tables.length > 1 ? fillTogether(seeding, fillings) : fillEach(seeding, fillings);
}

async function fillEach(
  { session, rows }: Seeding,
  fillings: readonly Filling[],
): Promise<readonly Unchecked[]> {
  const results = await Promise.all(
    fillings.map(async ({ table, place, make, first }) =>
      unfilled(place, await insertRows(session, table, make, first, rows)),
    ),
  );
  return results.flat();
}

async function fillTogether(
  { session, rows }: Seeding,
  fillings: readonly Filling[],
): Promise<readonly Unchecked[]> {
  if (fillings.length === 0) return [];
  const take = (count: number) =>
    fillings.map(({ table, make, first }) => ({
      table,
      rows: Array.from({ length: count }, (_, index) => make(first + index)),
    }));
  const all = await tryInsert(session, take(rows));
  const inserted = 'rows' in all ? all : await tryInsert(session, take(1));
  return fillings.flatMap(({ place }) => unfilled(place, inserted));
}

function unfilled(subject: string, inserted: Inserted): readonly Unchecked[] {
  if ('rows' in inserted) return [];
  return [
    { subject, reason: `no rows could be made for it, so the change met it empty: ${inserted.refused}` },
  ];
}

async function fillingsOf(seeding: Seeding, ingredients: Ingredients): Promise<readonly Filling[]> {
  const { table } = ingredients;
  const empty = table.destinations.filter(({ name }) => !seeding.filled.has(name));
  return Promise.all(
    empty.map(async ({ name, checks }, index) => ({
      table,
      place: name,
      make: await rowsFor(seeding.session, ingredients, checks),
      first: 1 + index * seeding.rows,
    })),
  );
}

function ingredientsOf(
  { tables, domains, expectations, constants }: Seeding,
  { table, references }: Step['tables'][number],
  step: Step,
): Ingredients {
  const expected = expectations.get(table.oid);
  return {
    table,
    references,
    parentOf: (oid) => tables.get(oid),
    domains,
    agreed: agreedValues(table, step, domains),
    expectedChecks: expected?.checks ?? [],
    preferred: ({ name, type }) => [
      ...constants
        .filter(({ column, relations }) => column === name && relations.includes(table.name))
        .flatMap((constant) => valuesWithin(constant, type)),
      ...(expected?.texts.get(name) ?? []).map((text) => literal(text, typeSql(type))),
    ],
  };
}
