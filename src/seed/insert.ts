import { escapeIdentifier } from 'pg';
import { type Session, StatementFailed, TimeLimitReached } from '../model/server.ts';
import type { MakeRow, SeedRow } from './rows.ts';
import type { SeedTable } from './schema/tables.ts';

/** Rows that go into one table. */
export interface TableRows {
  readonly table: SeedTable;
  readonly rows: readonly SeedRow[];
}

/** How many rows there are now, or why there are none. */
export type Inserted = { readonly rows: number } | { readonly refused: string };

/**
 * Inserts rows of one or several tables in one statement, at the end of which all of their foreign keys hold or
 * the statement fails. Returns how many rows there are: triggers may leave some out.
 */
async function insertTogether(session: Session, tables: readonly TableRows[]): Promise<number> {
  const inserts = tables.flatMap(({ table, rows }, number) =>
    rows.length === 0 ? [] : [`i${number} AS (${insertStatement(table, rows)} RETURNING 1)`],
  );
  const counts = tables.flatMap(({ rows }, number) =>
    rows.length === 0 ? [] : [`(SELECT count(*) FROM i${number})`],
  );
  const [row] = await session.query(`WITH ${inserts.join(', ')} SELECT ${counts.join(' + ')} AS rows`);
  return Number(row?.['rows']);
}

function insertStatement({ sql, columns: all }: SeedTable, rows: readonly SeedRow[]): string {
  const given = new Set(rows.flatMap((row) => [...row.keys()]));
  // A row of nothing but defaults has to name a column too, to be one of several.
  const columns = given.size > 0 ? [...given] : all.slice(0, 1).map(({ name }) => name);
  if (columns.length === 0) return `INSERT INTO ${sql} DEFAULT VALUES`;
  const values = rows.map((row) => `(${columns.map((column) => row.get(column) ?? 'DEFAULT').join(', ')})`);
  return `INSERT INTO ${sql} (${columns.map(escapeIdentifier).join(', ')}) OVERRIDING SYSTEM VALUE
    VALUES ${values.join(', ')}`;
}

/** As {@link insertTogether}; what the server refuses is a value. */
export async function tryInsert(session: Session, tables: readonly TableRows[]): Promise<Inserted> {
  try {
    const rows = await insertTogether(session, tables);
    return rows > 0 ? { rows } : { refused: 'a trigger keeps every row out' };
  } catch (error) {
    if (error instanceof StatementFailed) return { refused: error.error.message };
    // A trigger may take its time.
    if (error instanceof TimeLimitReached) return { refused: error.message };
    throw error;
  }
}

/**
 * Inserts rows of one table. If the server refuses them all at once, each is tried alone, then with values further
 * on, then with what is required only.
 *
 * @param first number of the first row
 */
export async function insertRows(
  session: Session,
  table: SeedTable,
  make: MakeRow,
  first: number,
  count: number,
): Promise<Inserted> {
  const numbers = Array.from({ length: count }, (_, index) => first + index);
  const all = await tryInsert(session, [{ table, rows: numbers.map(make) }]);
  if ('rows' in all) return all;
  let rows = 0;
  for (const n of numbers) rows += await insertRow(session, table, make, n, count);
  return rows > 0 ? { rows } : all;
}

async function insertRow(
  session: Session,
  table: SeedTable,
  make: MakeRow,
  n: number,
  step: number,
): Promise<number> {
  for (const row of [make(n), make(n + step), make(n + 2 * step), required(table, make(n))]) {
    const one = await tryInsert(session, [{ table, rows: [row] }]);
    if ('rows' in one) return one.rows;
  }
  return 0;
}

/** The row without what may be NULL or has a default. */
function required({ columns }: SeedTable, row: SeedRow): SeedRow {
  const names = columns.filter((column) => column.notNull && column.default === null).map(({ name }) => name);
  return new Map([...row].filter(([name]) => names.includes(name)));
}
