import { type Session, StatementFailed } from '../model/server.ts';
import {
  readSeedTables,
  type SeedCheck,
  type SeedColumn,
  type SeedForeignKey,
  type SeedTable,
} from './schema/tables.ts';
import { domainValues } from './values/domains.ts';
import { nthValue } from './values/value.ts';

/** What the schema after a change demands of the rows that are there before it. */
export interface Expectations {
  readonly checks: readonly SeedCheck[];
  readonly foreignKeys: readonly SeedForeignKey[];
  /** Texts of values that columns can have in their new types, by column. */
  readonly texts: ReadonlyMap<string, readonly string[]>;
}

/** How many values of a new type are offered. */
const offered = 4;

/**
 * Compares tables with what a change made of them. A column that it renamed is left out of account.
 *
 * @param head a session in a database on which the change was run
 * @param base the tables before; their oids are those of head, which is a copy
 */
export async function readExpectations(
  head: Session,
  base: readonly SeedTable[],
): Promise<ReadonlyMap<number, Expectations>> {
  const after = new Map((await readSeedTables(head)).map((table) => [table.oid, table]));
  const pairs = base.flatMap((table) => {
    const later = after.get(table.oid);
    return later === undefined ? [] : [{ table, later, retyped: retypedColumns(table, later) }];
  });
  const domains = await domainValues(
    head,
    pairs.flatMap(({ retyped }) => retyped.map(({ type }) => type)),
  );
  const expectations = pairs.map(async ({ table, later, retyped }) => {
    const texts = retyped.map(async (column) => {
      const values = Array.from({ length: offered }, (_, index) =>
        nthValue(column.type, index + 1, column.name, domains),
      );
      return [
        column.name,
        await textsOf(
          head,
          values.filter((value) => value !== null),
        ),
      ] as const;
    });
    return [table.oid, { ...added(table, later), texts: new Map(await Promise.all(texts)) }] as const;
  });
  return new Map(await Promise.all(expectations));
}

function retypedColumns(table: SeedTable, later: SeedTable): readonly SeedColumn[] {
  return later.columns.filter((column) => {
    const earlier = table.columns.find(({ number }) => number === column.number);
    if (earlier === undefined || earlier.name !== column.name) return false;
    return JSON.stringify(earlier.type) !== JSON.stringify(column.type);
  });
}

function added(table: SeedTable, later: SeedTable): Pick<Expectations, 'checks' | 'foreignKeys'> {
  const kept = new Set(
    later.columns
      .filter(({ name, number }) =>
        table.columns.some((column) => column.name === name && column.number === number),
      )
      .map(({ name }) => name),
  );
  const earlier = new Set(
    table.destinations.flatMap(({ checks }) => checks).map(({ expression }) => expression),
  );
  const checks = later.destinations.flatMap((destination) => destination.checks);
  return {
    checks: checks.filter(
      ({ expression, columns }) => !earlier.has(expression) && columns.every((name) => kept.has(name)),
    ),
    foreignKeys: later.foreignKeys.filter(
      (key) =>
        key.columns.every((name) => kept.has(name)) &&
        !table.foreignKeys.some((each) => JSON.stringify(each) === JSON.stringify(key)),
    ),
  };
}

async function textsOf(session: Session, values: readonly string[]): Promise<readonly string[]> {
  const texts = await Promise.all(
    values.map(async (value) => {
      try {
        const [row] = await session.query(`SELECT (${value})::pg_catalog.text AS text`);
        return typeof row?.['text'] === 'string' ? [row['text']] : [];
      } catch (error) {
        if (error instanceof StatementFailed) return [];
        throw error;
      }
    }),
  );
  return texts.flat();
}
