import type { Session } from '../../model/server.ts';
import type { SeedTable } from '../../seed/schema/tables.ts';
import { withLiterals } from '../../sql/literals.ts';
import type { Comparable } from '../../sql/rewrite/ordered.ts';
import { occurrences, probesOf, withText } from '../../sql/rewrite/probes.ts';
import type { Select } from '../../sql/rewrite/tree.ts';
import { write } from '../../sql/rewrite/write.ts';
import type { ParameterTexts } from './parameters.ts';
import { type Population, populate } from './populate.ts';
import { isSameResult, resultOf } from './results.ts';
import type { Pools } from './values.ts';

/** What came of running two forms of a query on the same rows. */
export type Comparison =
  | { readonly kind: 'same' }
  /** Their results differ, or the second one fails. */
  | { readonly kind: 'different' }
  /** Nothing was learnt, for a reason in words. */
  | { readonly kind: 'open'; readonly reason: string };

export function open(reason: string): Comparison {
  return { kind: 'open', reason };
}

/** Two forms of a query, and what they are run with. */
export interface Runs {
  readonly tables: readonly SeedTable[];
  /** Values that rows are made of, by oid of their table. */
  readonly pools: ReadonlyMap<number, Pools>;
  readonly pair: Comparable;
  /** Values of the parameters. */
  readonly sets: readonly ParameterTexts[];
}

/** How many rows each table gets. Joins that multiply each other would otherwise take for ever. */
export function rowsOf(tables: readonly SeedTable[]): number {
  if (tables.length <= 1) return 100;
  if (tables.length <= 3) return 50;
  return tables.length <= 5 ? 24 : 12;
}

/** Where it is another day, and where clocks are put forward and back. */
const timeZones = ['UTC', 'America/New_York', 'Asia/Kolkata'] as const;

/** The first ones have all tables full; NULLs are few, many, and none. */
function populationsOf(rows: number): readonly Population[] {
  const many = [0.1, 0.5, 0].map(
    (nulls, index): Population => ({ kind: 'many', seed: index + 1, rows, nulls }),
  );
  const one = Array.from({ length: 12 }, (_, n): Population => ({ kind: 'one', n }));
  return [...many, ...one];
}

/** Runs both forms on several populations, in a transaction that is rolled back. */
export async function compareOnRows(session: Session, runs: Runs): Promise<Comparison> {
  await session.query('BEGIN');
  try {
    return await compareOnPopulations(session, runs);
  } finally {
    await session.query('ROLLBACK');
  }
}

async function compareOnPopulations(session: Session, runs: Runs): Promise<Comparison> {
  const { tables, pools } = runs;
  const seen = new Set<string>();
  for (const [index, population] of populationsOf(rowsOf(tables)).entries()) {
    await session.query('SAVEPOINT population');
    await session.query(`SET LOCAL TimeZone = '${timeZones[index % timeZones.length]}'`);
    await populate(session, tables, pools, population);
    const pairs = await pairsOf(session, runs);
    for (const table of [null, ...(index === 0 ? tables : [])]) {
      await session.query('SAVEPOINT emptied');
      if (table !== null) await session.query(`DELETE FROM ${table.sql}`);
      if (!(await isSameOnRows(session, pairs, runs.pair, seen))) return { kind: 'different' };
      await session.query('ROLLBACK TO SAVEPOINT emptied');
    }
    await session.query('ROLLBACK TO SAVEPOINT population');
  }
  const returned = [...seen].filter((result) => result !== '');
  if (returned.length === 0) return open('it returned no row of those that were made up for it');
  return seen.size < 2 ? open('it returned the same whatever rows were made up for it') : { kind: 'same' };
}

/** Texts of both forms, with values in place of the parameters. */
type Pair = readonly [original: string, rewritten: string];

async function pairsOf(session: Session, { pair, sets }: Runs): Promise<readonly Pair[]> {
  const [first = []] = sets;
  const others: Pair[] = [];
  for (const { constant, select } of probesOf(pair.original)) {
    // A form may have made something else of it.
    if (occurrences(pair.original, constant) !== occurrences(pair.rewritten, constant)) continue;
    for (const value of await valuesOf(session, select, first)) {
      const texts = [pair.original, pair.rewritten].map((form) =>
        write({ SelectStmt: withText(form, constant, value) }),
      );
      const [original, rewritten] = texts;
      if (typeof original !== 'string' || typeof rewritten !== 'string') continue;
      others.push([withLiterals(original, first), withLiterals(rewritten, first)]);
    }
  }
  const [original, rewritten] = [pair.original, pair.rewritten].map(
    (form) => write({ SelectStmt: form }) ?? '',
  );
  const given = sets.map(
    (set): Pair => [withLiterals(original ?? '', set), withLiterals(rewritten ?? '', set)],
  );
  return [...given, ...others];
}

/** What an expression of a query comes to on the rows that are there. */
async function valuesOf(session: Session, probe: Select, set: ParameterTexts): Promise<readonly string[]> {
  const sql = write({ SelectStmt: probe });
  const result = sql === null ? null : await resultOf(session, withLiterals(sql, set));
  return (result?.kind === 'rows' ? result.rows : []).flatMap((row) => {
    const [value]: readonly unknown[] = Object.values(JSON.parse(row));
    return typeof value === 'string' ? [value] : [];
  });
}

/** @param seen gets the results */
async function isSameOnRows(
  session: Session,
  pairs: readonly Pair[],
  { keys }: Comparable,
  seen: Set<string>,
): Promise<boolean> {
  for (const [original, rewritten] of pairs) {
    const expected = await resultOf(session, original);
    // What fails or takes too long on these rows says nothing.
    if (expected.kind === 'failed') continue;
    const found = await resultOf(session, rewritten);
    if (found.kind === 'failed' || !isSameResult(expected.rows, found.rows, keys)) return false;
    seen.add(expected.rows.join('\n'));
  }
  return true;
}
