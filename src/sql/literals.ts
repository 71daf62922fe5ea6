import { escapeLiteral } from 'pg';
import { replaceParameters } from './parameters.ts';

/**
 * A statement with literals in place of `$1`, `$2` ... A literal is of unknown type until its place decides, just as
 * a parameter is whose type the client leaves open. A text that cannot be read stays as it is.
 */
export function withLiterals(sql: string, values: readonly (string | null)[]): string {
  return values.length === 0 ? sql : replaceParameters(sql, (number) => literal(values[number - 1] ?? null));
}

/** Of a text with a backslash node-postgres makes an escape string, which needs a space before it. */
export function literal(value: string | null): string {
  return value === null ? 'NULL' : escapeLiteral(value);
}
