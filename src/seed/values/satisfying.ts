import { escapeIdentifier } from 'pg';
import { type Session, StatementFailed } from '../../model/server.ts';

/** A column that checks speak of, and values that it may have, as SQL expressions of its type. */
export interface Candidates {
  readonly column: string;
  readonly values: readonly string[];
}

/** A value for each column of a set. */
export type Combination = ReadonlyMap<string, string>;

/** Most combinations that the server looks at, and most that it returns. */
const mostTried = 20_000;
const mostFound = 400;
/** Most combinations that are tried one by one, where a check fails on some with an error. */
const mostAlone = 200;

/**
 * Combinations of values that meet all checks, those of early values first. The server evaluates the checks.
 *
 * @param checks conditions on the columns by their plain names
 */
export async function satisfying(
  session: Session,
  columns: readonly Candidates[],
  checks: readonly string[],
): Promise<readonly Combination[]> {
  const most = Math.max(2, Math.floor(mostTried ** (1 / columns.length)));
  const tried = columns.map(({ column, values }) => ({ column, values: shorten(values, most) }));
  if (tried.some(({ values }) => values.length === 0)) return [];
  const indexes = tried.map((_, index) => `c${index}."#"`);
  const sources = tried.map(({ column, values }, index) => {
    const rows = values.map((value, place) => `(${place}, ${value})`);
    return `(VALUES ${rows.join(', ')}) AS c${index} ("#", ${escapeIdentifier(column)})`;
  });
  try {
    const rows = await session.query(
      `SELECT ARRAY[${indexes.join(', ')}] AS found FROM ${sources.join(', ')}
       WHERE ${conjunction(checks)} ORDER BY ${indexes.join(' + ')}, 1 LIMIT ${mostFound}`,
    );
    return rows.map(({ found }) => combination(tried, Array.isArray(found) ? found.map(Number) : []));
  } catch (error) {
    if (!(error instanceof StatementFailed)) throw error;
    return oneByOne(session, tried, checks);
  }
}

/** The last value is often NULL, which no other one stands for. */
function shorten(values: readonly string[], most: number): readonly string[] {
  return values.length <= most ? values : [...values.slice(0, most - 1), ...values.slice(-1)];
}

function conjunction(checks: readonly string[]): string {
  return checks.map((check) => `(${check}) IS NOT FALSE`).join(' AND ') || 'true';
}

function combination(columns: readonly Candidates[], indexes: readonly number[]): Combination {
  return new Map(
    columns.flatMap(({ column, values }, index): readonly [string, string][] => {
      const value = values[indexes[index] ?? 0];
      return value === undefined ? [] : [[column, value]];
    }),
  );
}

async function oneByOne(
  session: Session,
  columns: readonly Candidates[],
  checks: readonly string[],
): Promise<readonly Combination[]> {
  const all = Array.from({ length: mostAlone }, (_, number) => number).flatMap((number) => {
    const indexes = indexesOf(number, columns);
    return indexes === null ? [] : [combination(columns, indexes)];
  });
  const met = await Promise.all(
    all.map(async (values) => {
      const list = [...values].map(([column, value]) => `${value} AS ${escapeIdentifier(column)}`);
      try {
        const [row] = await session.query(
          `SELECT ${conjunction(checks)} AS met FROM (SELECT ${list.join(', ')}) c`,
        );
        return row?.['met'] === true;
      } catch (error) {
        if (error instanceof StatementFailed) return false;
        throw error;
      }
    }),
  );
  return all.filter((_, index) => met[index]);
}

/** The number-th combination, the first column's values changing fastest; null past the last. */
function indexesOf(number: number, columns: readonly Candidates[]): readonly number[] | null {
  let rest = number;
  const indexes = columns.map(({ values }) => {
    const index = rest % values.length;
    rest = Math.floor(rest / values.length);
    return index;
  });
  return rest === 0 ? indexes : null;
}
