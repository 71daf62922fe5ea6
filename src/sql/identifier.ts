import { parse } from './grammar.ts';

/**
 * A name as it is written in SQL: bare where PostgreSQL reads it back as it is, else between quotes. Which words
 * are reserved is asked of the grammar.
 */
export function quoteIdentifier(name: string): string {
  return readsAsItIs(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

/** `schema.name`, whose parts were written without quotes, as it is written in SQL. */
export function quoteQualified(name: string): string {
  const dot = name.indexOf('.');
  if (dot === -1) return quoteIdentifier(name);
  return `${quoteIdentifier(name.slice(0, dot))}.${quoteIdentifier(name.slice(dot + 1))}`;
}

/** The part of `schema.name` after the schema. */
export function unqualified(name: string): string {
  return name.slice(name.indexOf('.') + 1);
}

/** Names that were asked about: the grammar takes a while, and the same few are written thousands of times. */
const asked = new Map<string, boolean>();

function readsAsItIs(name: string): boolean {
  const known = asked.get(name);
  if (known !== undefined) return known;
  const reads =
    /^[a-z_][a-z0-9_]*$/.test(name) &&
    parse(`CREATE TABLE ${name}.${name} (${name} int)`).kind === 'parsed' &&
    parse(`SELECT ${name} FROM ${name}`).kind === 'parsed';
  asked.set(name, reads);
  return reads;
}

/** A name without the quotes that PostgreSQL prints around it where it needs them (quote_identifier in ruleutils.c). */
export function unquoted(identifier: string): string {
  const [, inside] = /^"((?:[^"]|"")*)"$/.exec(identifier) ?? [];
  return inside?.replaceAll('""', '"') ?? identifier;
}
