import { escapeIdentifier } from 'pg';
import { type Session, StatementFailed } from '../../model/server.ts';
import type { SeedTable } from '../../seed/schema/tables.ts';
import { nullOf } from '../../seed/values/candidates.ts';
import { randomNumbers } from './random.ts';
import type { Pools } from './values.ts';

/** Rows of several tables, in which a wrong rewrite would show. */
export type Population =
  | {
      readonly kind: 'many';
      readonly seed: number;
      /** How many rows each table gets. */
      readonly rows: number;
      /** Share of NULLs where they are allowed. */
      readonly nulls: number;
    }
  /** One row in each table, of the n-th values of its columns, from 0: among many rows a bound may not show. */
  | { readonly kind: 'one'; readonly n: number };

/** Share of rows that are there twice, where no unique index forbids it. */
const repeated = 0.2;

/**
 * Inserts rows into tables whose foreign keys and triggers are gone, in the transaction that the session is in. What
 * the server refuses is left out.
 */
export async function populate(
  session: Session,
  tables: readonly SeedTable[],
  pools: ReadonlyMap<number, Pools>,
  population: Population,
): Promise<void> {
  for (const [index, table] of tables.entries()) {
    const pool = pools.get(table.oid);
    if (pool === undefined || table.columns.length === 0) continue;
    await insert(session, table, rowsOf(table, pool, population, index));
  }
}

type ValueRow = readonly string[];

function rowsOf(table: SeedTable, pools: Pools, population: Population, index: number): readonly ValueRow[] {
  switch (population.kind) {
    case 'one':
      return [table.columns.map(({ name }) => nth(pools.get(name)?.all ?? [], population.n))];
    case 'many':
      return manyRows(table, pools, { ...population, seed: population.seed + 31 * index });
    default:
      return population satisfies never;
  }
}

function nth(pool: readonly string[], n: number): string {
  return pool[n % Math.max(1, pool.length)] ?? 'DEFAULT';
}

function manyRows(
  table: SeedTable,
  pools: Pools,
  { seed, rows, nulls }: Extract<Population, { readonly kind: 'many' }>,
): readonly ValueRow[] {
  const random = randomNumbers(seed);
  const unique = new Set(table.unique.flatMap((columns) => (columns.length === 1 ? columns : [])));
  const made: ValueRow[] = [];
  for (let n = 0; n < rows; n += 1) {
    const earlier = made[Math.floor(random() * made.length)];
    if (earlier !== undefined && random() < repeated && unique.size === 0) {
      made.push(earlier);
      continue;
    }
    made.push(
      table.columns.map(({ name, notNull, type }) => {
        const { asked, all } = pools.get(name) ?? { asked: [], all: [] };
        if (unique.has(name)) return nth(all, n);
        if (!notNull && random() < nulls) return nullOf(type);
        const chosen = asked.length > 0 && random() < 0.5 ? asked : all;
        return chosen[Math.floor(random() * chosen.length)] ?? 'DEFAULT';
      }),
    );
  }
  return made;
}

async function insert(session: Session, table: SeedTable, rows: readonly ValueRow[]): Promise<void> {
  if (await attempt(session, statement(table, rows))) return;
  for (const row of rows) await attempt(session, statement(table, [row]));
}

function statement({ sql, columns }: SeedTable, rows: readonly ValueRow[]): string {
  return `INSERT INTO ${sql} (${columns.map(({ name }) => escapeIdentifier(name)).join(', ')})
    OVERRIDING SYSTEM VALUE VALUES ${rows.map((row) => `(${row.join(', ')})`).join(', ')} ON CONFLICT DO NOTHING`;
}

async function attempt(session: Session, sql: string): Promise<boolean> {
  const [begun, inserted] = await Promise.allSettled([session.query('SAVEPOINT rows'), session.query(sql)]);
  if (begun.status === 'rejected') throw begun.reason;
  if (inserted.status === 'fulfilled') return true;
  if (!(inserted.reason instanceof StatementFailed)) throw inserted.reason;
  await session.query('ROLLBACK TO SAVEPOINT rows');
  return false;
}
