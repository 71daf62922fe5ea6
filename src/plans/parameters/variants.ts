import type { Column } from '../../model/catalogue.ts';
import type { FilledParameter, ParameterSource } from '../../model/plan.ts';
import type { Query } from '../../model/query.ts';
import type { ColumnStatistics } from '../../model/statistics.ts';
import { literal } from '../../sql/literals.ts';
import { type RowCountClause, replaceParameters, rowCountParameters } from '../../sql/parameters.ts';
import type { Plannable } from '../explain.ts';
import type { ComparedParameter } from './compared.ts';
import { type ParameterTypes, withCasts } from './types.ts';
import { type ColumnValue, commonValue, isSkewed, rareValue, type ValuedColumn } from './values.ts';

/** A table, as far as values for parameters are taken from it. */
interface ValuedTable {
  /** Qualified name; of a partition, that of its partitioned table. */
  readonly reportAs: string;
  readonly columns: readonly Pick<Column, 'name' | 'type' | 'typeName'>[];
  readonly statistics: ReadonlyMap<string, ColumnStatistics>;
}

/** Tables by qualified name. */
export type ValuedTables = ReadonlyMap<string, ValuedTable>;

/** One way to plan a query. */
export interface Variant {
  readonly parameters: ParameterSource;
  /** The captured text that it is of. */
  readonly text: string;
  /** What is planned: the text, with casts, and with constants for some parameters where others stay open. */
  readonly sql: string;
  /** Highest `$n` in `sql`. */
  readonly parameterCount: number;
  /** Values of all of them, or null for a plan that holds for any. */
  readonly values: readonly unknown[] | null;
  /** What parameters of the text were given. */
  readonly filled: readonly FilledParameter[];
}

/** How a variant is planned, again too: with an index that is only tried, or written in another way. */
export function plannableOf({
  sql,
  parameterCount,
  values,
}: Pick<Variant, 'sql' | 'parameterCount' | 'values'>): Plannable {
  return { sql, parameterCount, params: values };
}

/** Rows that a LIMIT is taken for which nobody knows: PostgreSQL itself takes a tenth of all rows for it. */
const assumedLimit = 100;

type ParametrisedQuery = Pick<Query, 'sql' | 'parameterCount' | 'samples'>;

/** A captured text without parameters, planned as it is. */
export function constantVariant(parameters: 'none' | 'captured constants', text: string): Variant {
  return { parameters, text, sql: text, parameterCount: 0, values: [], filled: [] };
}

/**
 * Values unknown, but for those of LIMIT and OFFSET.
 *
 * @returns also the parameters that `$1`, `$2` ... of its text were called in that of the query
 */
export function genericVariant(
  query: ParametrisedQuery,
  types: ParameterTypes,
): { readonly variant: Variant; readonly open: readonly number[] } {
  const filled = [...rowCountParameters(query.sql)].map(([number, clause]) =>
    rowCount(query, number, clause),
  );
  return withConstants(query, 'generic', types, filled);
}

/** Values of executions. */
export function capturedVariants(query: ParametrisedQuery, types: ParameterTypes): readonly Variant[] {
  const rowCounts = rowCountParameters(query.sql);
  return query.samples
    .filter((sample) => sample.length === query.parameterCount)
    .map((sample) => ({
      parameters: 'captured values',
      text: query.sql,
      sql: withCasts(query.sql, types),
      parameterCount: query.parameterCount,
      values: sample,
      filled: sample.map((value, index) => ({
        number: index + 1,
        value,
        from: 'capture',
        of: rowCounts.get(index + 1) ?? null,
        standsIn: false,
      })),
    }));
}

/**
 * All parameters at the most common values of their columns, and all at rare ones: never more, however many there
 * are. What the statistics tell nothing of has the value of the first execution, or stays open.
 */
export function statisticalVariants(
  query: ParametrisedQuery,
  types: ParameterTypes,
  compared: readonly ComparedParameter[],
  tables: ValuedTables,
): readonly Variant[] {
  const known = compared.flatMap((parameter) => {
    const column = columnOf(parameter, tables);
    return column === null || !isSkewed(column) ? [] : [{ parameter, column }];
  });
  if (known.length === 0) return [];
  const fill = (parameters: 'most common values' | 'rare values', choose: typeof commonValue) =>
    filledVariant(query, parameters, types, [
      ...known.flatMap(({ parameter, column }): readonly FilledParameter[] => {
        const value = choose(column, parameter.place);
        return value === null ? [] : [toFilled(parameter, column, parameters, value)];
      }),
    ]);
  return [fill('most common values', commonValue), fill('rare values', rareValue)];
}

interface NamedColumn extends ValuedColumn {
  readonly name: string;
}

/** A partition that nothing is known of has the values of its partitioned table. */
function columnOf({ relation, column }: ComparedParameter, tables: ValuedTables): NamedColumn | null {
  const table = tables.get(`${relation.schema}.${relation.name}`);
  const whole = tables.get(table?.reportAs ?? '');
  const described = table?.columns.find(({ name }) => name === column);
  const own = table?.statistics.get(column);
  const statistics = own !== undefined && own.mostCommon.length > 0 ? own : whole?.statistics.get(column);
  if (table === undefined || described === undefined || statistics === undefined) return null;
  return { name: `${table.reportAs}.${column}`, typeName: described.typeName, statistics };
}

function toFilled(
  { number, isList }: ComparedParameter,
  { name }: NamedColumn,
  parameters: 'most common values' | 'rare values',
  { value, standsIn }: ColumnValue,
): FilledParameter {
  return {
    number,
    value: isList ? `{"${value.replaceAll(/["\\]/g, '\\$&')}"}` : value,
    from: parameters === 'rare values' ? 'rare' : 'most common',
    of: name,
    standsIn,
  };
}

function filledVariant(
  query: ParametrisedQuery,
  parameters: ParameterSource,
  types: ParameterTypes,
  known: readonly FilledParameter[],
): Variant {
  const rowCounts = rowCountParameters(query.sql);
  const filled = Array.from({ length: query.parameterCount }, (_, index): readonly FilledParameter[] => {
    const number = index + 1;
    const found = known.find((each) => each.number === number);
    if (found !== undefined) return [found];
    const clause = rowCounts.get(number);
    if (clause !== undefined) return [rowCount(query, number, clause)];
    return firstSample(query) === null ? [] : [captured(query, number)];
  }).flat();
  if (filled.length < query.parameterCount) return withConstants(query, parameters, types, filled).variant;
  return {
    parameters,
    text: query.sql,
    sql: withCasts(query.sql, types),
    parameterCount: query.parameterCount,
    values: filled.map(({ value }) => value),
    filled,
  };
}

/** Constants in the text for what is known; the others are numbered anew. */
function withConstants(
  query: ParametrisedQuery,
  parameters: ParameterSource,
  types: ParameterTypes,
  filled: readonly FilledParameter[],
): { readonly variant: Variant; readonly open: readonly number[] } {
  const constants = new Map(filled.map(({ number, value }) => [number, value]));
  const open = Array.from({ length: query.parameterCount }, (_, index) => index + 1).filter(
    (number) => !constants.has(number),
  );
  const sql = replaceParameters(query.sql, (number) => {
    const type = types.get(number);
    const value = constants.get(number);
    const text = constants.has(number) ? textOf(value) : `$${open.indexOf(number) + 1}`;
    return type === undefined ? text : `(${text}::${type})`;
  });
  const variant = { parameters, text: query.sql, sql, parameterCount: open.length, values: null, filled };
  return { variant, open };
}

/** In quotes, since a negative number could make a comment of what stands before it. */
function textOf(value: unknown): string {
  return literal(value === null || value === undefined ? null : String(value));
}

function firstSample({ samples, parameterCount }: ParametrisedQuery): readonly unknown[] | null {
  return samples.find((sample) => sample.length === parameterCount) ?? null;
}

function captured(query: ParametrisedQuery, number: number): FilledParameter {
  return { number, value: firstSample(query)?.[number - 1], from: 'capture', of: null, standsIn: false };
}

/** Kept when captured. */
function rowCount(query: ParametrisedQuery, number: number, clause: RowCountClause): FilledParameter {
  const sample = firstSample(query);
  if (sample !== null) return { ...captured(query, number), of: clause };
  const value = clause === 'LIMIT' ? assumedLimit : 0;
  return { number, value, from: 'assumed', of: clause, standsIn: false };
}
