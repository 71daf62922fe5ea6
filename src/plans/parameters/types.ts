import type { PostgresError } from '../../model/server.ts';
import { comparedColumns, openParameters } from '../../sql/open-parameters.ts';
import { replaceParameters } from '../../sql/parameters.ts';
import { offsetOfCharacter } from '../../sql/position.ts';
import { preparation } from '../explain.ts';

/** Types that parameters are cast to, by their number; those that PostgreSQL finds out itself are not in it. */
export type ParameterTypes = ReadonlyMap<number, string>;

/** A text whose parameters are cast. The parentheses are for what may follow, such as a subscript. */
export function withCasts(sql: string, types: ParameterTypes): string {
  if (types.size === 0) return sql;
  return replaceParameters(sql, (number) => {
    const type = types.get(number);
    return type === undefined ? `$${number}` : `($${number}::${type})`;
  });
}

/** Whether a text may have been refused for the types of its parameters. */
export function isAboutTypes({ sqlstate }: PostgresError): boolean {
  return ['42P18', '42P08', '42725', '42883'].includes(sqlstate);
}

/**
 * Types with which a text might be planned that PostgreSQL refuses for the types of its parameters, likeliest first;
 * none where that is not what it refuses. SQLSTATEs indeterminate_datatype, ambiguous_parameter, ambiguous_function
 * (operators too) and undefined_function: `now() - $1` is read as a difference of two points in time.
 *
 * @param sql the text, without casts
 * @param error as it came of preparing the text with those casts
 * @param types those that it was refused with
 * @param columnTypes types of the columns of a name
 */
export function otherTypes(
  sql: string,
  error: PostgresError,
  types: ParameterTypes,
  samples: readonly (readonly unknown[])[],
  columnTypes: (column: string) => readonly string[],
): readonly ParameterTypes[] {
  switch (error.sqlstate) {
    case '42P18':
    case '42P08':
      return named(error).flatMap((number) => {
        if (types.has(number)) return [];
        const likely = [
          ...deduced(error),
          ...ofColumns(sql, number, columnTypes),
          ...sampled(samples, number),
        ];
        return candidates(types, [number], [...likely, 'text']);
      });
    case '42725':
    case '42883':
      return ofExpression(sql, error, types, samples);
    default:
      return [];
  }
}

/** The parameter that a message names. */
function named({ message }: PostgresError): readonly number[] {
  const [, number] = /parameter \$(\d+)/.exec(message) ?? [];
  return number === undefined ? [] : [Number(number)];
}

/** `integer versus bigint`: the wider one comes second more often than not. */
function deduced({ detail }: PostgresError): readonly string[] {
  const [, one, other] = /^(.+) versus (.+?)\.?$/.exec(detail ?? '') ?? [];
  return one === undefined || other === undefined ? [] : [other, one];
}

/** Types of what the text compares the parameter with. */
function ofColumns(
  sql: string,
  number: number,
  columnTypes: (column: string) => readonly string[],
): readonly string[] {
  return comparedColumns(sql)
    .filter((each) => each.number === number)
    .flatMap(({ column, isList }) => columnTypes(column).map((type) => (isList ? `${type}[]` : type)));
}

const arithmetic = ['bigint', 'numeric', 'interval', 'timestamptz'];
const argument = ['text', 'numeric', 'timestamptz', 'jsonb'];

/** All open parameters of one operator or function get the same type. */
function ofExpression(
  sql: string,
  { position }: PostgresError,
  types: ParameterTypes,
  samples: readonly (readonly unknown[])[],
): readonly ParameterTypes[] {
  // The casts of an earlier attempt have moved what follows them.
  const offset =
    position === null || types.size > 0 ? null : offsetOfCharacter(sql, position - 1 - preparation.length);
  const open = openParameters(sql)
    .map((each) => ({ ...each, numbers: each.numbers.filter((number) => !types.has(number)) }))
    .filter(({ numbers }) => numbers.length > 0);
  const there = open.filter((each) => each.offset === offset);
  return (there.length > 0 ? there : open).flatMap(({ operator, numbers }) => {
    const usual = operator === null ? argument : operator === '||' ? ['text', 'jsonb'] : arithmetic;
    const [first = 0] = numbers;
    const last = numbers.slice(-1);
    return [
      ...candidates(types, numbers, [...sampled(samples, first), ...usual]),
      // Arguments of a function differ: `date_trunc($1, $2)`.
      ...(numbers.length > 1 ? candidates(types, last, usual) : []),
    ];
  });
}

function candidates(
  types: ParameterTypes,
  numbers: readonly number[],
  names: readonly string[],
): readonly ParameterTypes[] {
  return [...new Set(names)].map(
    (name) => new Map([...types, ...numbers.map((number) => [number, name] as const)]),
  );
}

/** The type of a value that was captured, as far as it shows; a text may stand for anything. */
function sampled(samples: readonly (readonly unknown[])[], number: number): readonly string[] {
  const value = samples
    .map((sample) => sample[number - 1])
    .find((each) => each !== null && each !== undefined);
  switch (typeof value) {
    case 'number':
      return [Number.isInteger(value) ? 'bigint' : 'numeric'];
    case 'boolean':
      return ['boolean'];
    case 'object':
      return Array.isArray(value) ? ['text[]'] : ['jsonb'];
    case 'string':
      if (/^[+-]?\d+$/.test(value)) return ['bigint'];
      if (/^[+-]?\d*\.\d+$/.test(value)) return ['numeric'];
      if (/^\d{4}-\d\d-\d\d/.test(value)) return ['timestamptz'];
      return [];
    default:
      return [];
  }
}
