import { escapeLiteral } from 'pg';
import { parse } from './grammar.ts';
import { ByteOffsets } from './position.ts';

/**
 * A statement with literals in place of `$1`, `$2` ... A literal is of unknown type until its place decides, just as
 * a parameter is whose type the client leaves open. A text that cannot be read stays as it is.
 */
export function withLiterals(sql: string, values: readonly (string | null)[]): string {
  const parsed = values.length === 0 ? null : parse(sql);
  if (parsed?.kind !== 'parsed') return sql;
  const offsets = new ByteOffsets(sql);
  let text = '';
  let done = 0;
  for (const { number, location } of parameterPlaces(parsed.value).toSorted(
    (a, b) => a.location - b.location,
  )) {
    const offset = offsets.offsetOf(location);
    text += `${sql.slice(done, offset)}${literal(values[number - 1] ?? null)}`;
    done = offset + `$${number}`.length;
  }
  return text + sql.slice(done);
}

/** Of a text with a backslash node-postgres makes an escape string, which needs a space before it. */
function literal(value: string | null): string {
  return value === null ? 'NULL' : escapeLiteral(value);
}

interface ParameterPlace {
  readonly number: number;
  /** In bytes. */
  readonly location: number;
}

function parameterPlaces(tree: unknown): readonly ParameterPlace[] {
  if (typeof tree !== 'object' || tree === null) return [];
  if ('number' in tree && 'location' in tree && Object.keys(tree).length === 2) {
    return [{ number: Number(tree.number), location: Number(tree.location) }];
  }
  return Object.values(tree).flatMap(parameterPlaces);
}
