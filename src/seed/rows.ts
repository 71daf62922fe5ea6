import type { Session } from '../model/server.ts';
import { lookup } from './references.ts';
import type { Reference } from './schema/order.ts';
import type { SeedCheck, SeedColumn, SeedTable } from './schema/tables.ts';
import { accepted } from './values/accepted.ts';
import { candidates, nullOf } from './values/candidates.ts';
import { constantsIn } from './values/constants.ts';
import { type Combination, satisfying } from './values/satisfying.ts';
import { type DomainValues, nthValue, typeSql } from './values/value.ts';

/** A row to be inserted: SQL expressions by column. What is left out gets its default. */
export type SeedRow = ReadonlyMap<string, string>;

/** What rows of a table are made of. */
export interface Ingredients {
  readonly table: SeedTable;
  readonly references: readonly Reference[];
  readonly parentOf: (oid: number) => SeedTable | undefined;
  readonly domains: DomainValues;
  /** Values that both ends of a foreign key agree on, by column. */
  readonly agreed: ReadonlyMap<string, (n: number) => string | null>;
  /** Values that a column should have, if it takes them, before others. */
  readonly preferred: (column: SeedColumn) => readonly string[];
  /** Conditions that the change adds: rows should meet them, so that it does not fail. */
  readonly expectedChecks: readonly SeedCheck[];
}

/** Makes the n-th row, from 1. */
export type MakeRow = (n: number) => SeedRow;

/**
 * Finds out which values the columns of a table can have in rows that meet all of its checks.
 *
 * @param checks those of the table and, for a partition, its bounds
 */
export async function rowsFor(
  session: Session,
  ingredients: Ingredients,
  checks: readonly SeedCheck[],
): Promise<MakeRow> {
  const { table, expectedChecks } = ingredients;
  const bounds = new Set(checks.flatMap(({ columns }) => columns));
  const columns = table.columns.filter(
    ({ name, numbered }) => !numbered || ingredients.agreed.has(name) || bounds.has(name),
  );
  const given = new Set(columns.map(({ name }) => name));
  const usable = (each: SeedCheck) =>
    each.columns.length > 0 && each.columns.every((name) => given.has(name));
  const demanded = checks.filter(usable);
  const all = [...demanded, ...expectedChecks.filter(usable)];
  const sets = connected(all);
  const found = await Promise.all(
    sets.map((set) => meeting(session, ingredients, columns, set, demanded, all)),
  );
  // Where nothing meets the checks, the server is to say so of usual values.
  const met = found.filter((combinations) => combinations.length > 0);
  const free = columns.filter(({ name }) => !met.some(([combination]) => combination?.has(name)));
  const makers = await Promise.all(free.map((column) => valuesOf(session, ingredients, column)));
  return (n) => {
    const row = new Map<string, string>();
    for (const [index, { name }] of free.entries()) {
      const value = makers[index]?.(n) ?? null;
      if (value !== null) row.set(name, value);
    }
    for (const combinations of met) {
      for (const [name, value] of combinations[(n - 1) % Math.max(1, combinations.length)] ?? []) {
        row.set(name, value);
      }
    }
    return row;
  };
}

/** Sets of columns that checks speak of together. */
function connected(checks: readonly SeedCheck[]): readonly ReadonlySet<string>[] {
  return checks.reduce<readonly ReadonlySet<string>[]>((sets, { columns }) => {
    const touched = sets.filter((set) => columns.some((column) => set.has(column)));
    const others = sets.filter((set) => !touched.includes(set));
    return [...others, new Set([...touched.flatMap((set) => [...set]), ...columns])];
  }, []);
}

/** Most values of a column that are tried in a check. */
const mostValues = 60;

/** Values of a set of columns that meet their checks; those that the change adds as well, if that is possible. */
async function meeting(
  session: Session,
  ingredients: Ingredients,
  columns: readonly SeedColumn[],
  set: ReadonlySet<string>,
  demanded: readonly SeedCheck[],
  all: readonly SeedCheck[],
): Promise<readonly Combination[]> {
  const within = (checks: readonly SeedCheck[]) =>
    checks.filter((check) => check.columns.some((name) => set.has(name))).map(({ expression }) => expression);
  const constants = constantsIn(within(all));
  const tried = await Promise.all(
    columns
      .filter(({ name }) => set.has(name))
      .map(async (column) => ({
        column: column.name,
        values: await valuesToTry(session, ingredients, column, constants),
      })),
  );
  const met = await satisfying(session, tried, within(all));
  const found = met.length > 0 ? met : await satisfying(session, tried, within(demanded));
  return differing(found);
}

async function valuesToTry(
  session: Session,
  ingredients: Ingredients,
  column: SeedColumn,
  constants: readonly string[],
): Promise<readonly string[]> {
  const { domains, preferred } = ingredients;
  const fixed = fixedValue(ingredients, column);
  const orNull = column.notNull ? [] : [nullOf(column.type)];
  if (fixed !== null) return [...[1, 2, 3].flatMap((n) => fixed(n) ?? []), ...orNull];
  const values = [
    ...preferred(column),
    ...constantDefault(column),
    ...candidates(column.type, column.name, constants, domains),
  ];
  const taken = await accepted(session, [...new Set(values)].slice(0, mostValues));
  return [...taken, ...orNull];
}

/** In an order in which the first rows repeat as few values as possible. */
function differing(combinations: readonly Combination[]): readonly Combination[] {
  const chosen: Combination[] = [];
  const used = new Set<string>();
  const repeated = (combination: Combination) =>
    [...combination].filter(([column, value]) => used.has(`${column}=${value}`)).length;
  const isNull = (combination: Combination) =>
    [...combination.values()].filter((value) => value.startsWith('NULL::')).length;
  const rest = new Set(combinations);
  const rowsThatDiffer = 12;
  while (rest.size > 0 && chosen.length < rowsThatDiffer) {
    const best = [...rest].reduce((a, b) => (repeated(b) + isNull(b) < repeated(a) + isNull(a) ? b : a));
    for (const [column, value] of best) used.add(`${column}=${value}`);
    chosen.push(best);
    rest.delete(best);
  }
  return chosen;
}

/** A column that no check speaks of. */
async function valuesOf(
  session: Session,
  ingredients: Ingredients,
  column: SeedColumn,
): Promise<(n: number) => string | null> {
  const fixed = fixedValue(ingredients, column);
  if (fixed !== null) return fixed;
  const { preferred, domains } = ingredients;
  const plain = (n: number) => nthValue(column.type, n, column.name, domains);
  const first = await accepted(session, [
    ...preferred(column),
    // What is of an extension has values that only trying finds.
    ...(plain(1) === null ? candidates(column.type, column.name, [], domains) : constantDefault(column)),
  ]);
  return (n) => first[n - 1] ?? plain(n) ?? first[(n - 1) % Math.max(1, first.length)] ?? null;
}

/** The value of a column that refers to another table, or that another table refers to. */
function fixedValue(ingredients: Ingredients, column: SeedColumn): ((n: number) => string | null) | null {
  const agreed = ingredients.agreed.get(column.name);
  if (agreed !== undefined) return agreed;
  // A column of several keys has the value of the one that says most of it.
  const [reference] = ingredients.references
    .filter(({ columns }) => columns.includes(column.name))
    .toSorted((a, b) => Number(b.demanded) - Number(a.demanded) || b.columns.length - a.columns.length);
  const parent = reference === undefined ? undefined : ingredients.parentOf(reference.references);
  if (reference === undefined || parent === undefined) return null;
  if (reference.how === 'later') return () => null;
  if (reference.demanded) return (n) => lookup(reference, column.name, parent, n);
  return (n) => {
    const own = nthValue(column.type, n, column.name, ingredients.domains);
    const found = `${lookup(reference, column.name, parent, n)}::${typeSql(column.type)}`;
    return own === null ? found : `coalesce(${found}, ${own})`;
  };
}

/** A default that is a constant is the most likely value of all. */
function constantDefault({ default: expression, type }: SeedColumn): readonly string[] {
  return expression !== null &&
    type.kind !== 'domain' &&
    /^('(?:[^']|'')*'(::.+)?|-?\d+(\.\d+)?)$/.test(expression)
    ? [`(${expression})::${typeSql(type)}`]
    : [];
}
