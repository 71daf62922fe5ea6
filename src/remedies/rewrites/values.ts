import type { Session } from '../../model/server.ts';
import type { SeedColumn, SeedTable } from '../../seed/schema/tables.ts';
import type { ValueType } from '../../seed/schema/types.ts';
import { accepted } from '../../seed/values/accepted.ts';
import { type DomainValues, literal, nthValue, typeSql } from '../../seed/values/value.ts';

/** Values that a column has, as SQL expressions. */
interface Pool {
  /** What the query compares it with, and what lies next to that: half of its values are such. */
  readonly asked: readonly string[];
  /** Those, and all others. */
  readonly all: readonly string[];
}

/** Values that the rows of a table are made of, by column. */
export type Pools = ReadonlyMap<string, Pool>;

/** Constants and values of parameters of a query. */
export interface Constants {
  readonly all: readonly string[];
  /** Those that stand in a comparison with a column of that name. */
  readonly comparedWith: (column: string) => readonly string[];
}

/** How many values a column has that is free to repeat them: few, so that they do, and that joins find partners. */
const plainValues = 6;

/** A value that few columns have, so that joins on it find nothing. */
const rareValue = 997;

/**
 * Values for the columns of a table: the constants of a query and what lies next to them, those that columns of
 * other tables have too, and one that they have not.
 *
 * @param rows how many there will be: a column whose values may not repeat has as many
 */
export async function poolsOf(
  session: Session,
  table: SeedTable,
  tables: readonly SeedTable[],
  domains: DomainValues,
  constants: Constants,
  rows: number,
): Promise<Pools> {
  const pools = table.columns.map(async (column): Promise<readonly [string, Pool]> => {
    const own = isUnique(table, column) ? rows : plainValues;
    const numbers = [...Array.from({ length: own }, (_, index) => index + 1), rareValue];
    const name = referencedName(table, tables, column);
    const plain = numbers.map((n) => nthValue(column.type, n, name, domains));
    const accept = (texts: readonly string[]) =>
      accepted(
        session,
        texts.flatMap((each) => near(column.type, each)),
      );
    const asked = [...new Set(await accept(constants.comparedWith(column.name)))];
    const known = await accept(constants.all);
    const all = [...new Set([...asked, ...known, ...plain.filter((value) => value !== null)])];
    return [column.name, { asked, all }];
  });
  return new Map(await Promise.all(pools));
}

function isUnique({ unique }: SeedTable, { name }: SeedColumn): boolean {
  return unique.some((columns) => columns.length === 1 && columns[0] === name);
}

/** The name tells what a text is; both ends of a foreign key go by that of the column that is referred to. */
function referencedName(table: SeedTable, tables: readonly SeedTable[], { name }: SeedColumn): string {
  const key = table.foreignKeys.find(({ columns }) => columns.includes(name));
  const referenced = tables.some(({ oid }) => oid === key?.references);
  return (referenced ? key?.referencedColumns[key.columns.indexOf(name)] : undefined) ?? name;
}

/** A constant as a value of a type, and its neighbours, where a wrong bound would show. */
function near(type: ValueType, constant: string): readonly string[] {
  if (type.kind !== 'base')
    return type.kind === 'domain' ? near(type.base, constant) : plainly(type, constant);
  const sql = typeSql(type);
  const value = literal(constant, sql);
  switch (type.category) {
    case 'N':
      return /^-?\d+(\.\d+)?$/.test(constant)
        ? [value, `(${value} - 1)::${sql}`, `(${value} + 1)::${sql}`]
        : [];
    case 'D':
      return timesNear(type.name, sql, constant);
    case 'B':
      return [];
    default:
      return plainly(type, constant);
  }
}

function plainly(type: ValueType, constant: string): readonly string[] {
  return [literal(constant, typeSql(type))];
}

const steps = [
  '1 day',
  '-1 day',
  '1 day -1 us',
  '-1 us',
  '12 hours',
  '1 month',
  '1 month -1 us',
  '1 hour',
  '1 us',
  '7 days',
  '3 months',
  '1 year',
];

function timesNear(name: string, sql: string, constant: string): readonly string[] {
  if (name === 'interval' || (name.startsWith('time') === false && name !== 'date'))
    return [literal(constant, sql)];
  // A number may be a year, of which the query takes the first and the last day.
  const [text, more] = /^[12]\d{3}$/.test(constant)
    ? [`${constant}-01-01`, ['1 year', '1 year -1 us', '1 year -1 day']]
    : [constant, []];
  if (!/^\d{4}-/.test(text)) return [];
  const value = literal(text.length === 7 ? `${text}-01` : text, sql);
  if (name === 'time' || name === 'timetz') return [value];
  return [value, ...[...steps, ...more].map((step) => `(${value} + interval '${step}')::${sql}`)];
}
