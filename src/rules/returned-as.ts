/**
 * What drivers make of a type, where most agree. JavaScript's node-postgres leaves int8 and numeric as text, since
 * its numbers cannot hold them (node-postgres.com, "Data Types"); others have types of their own for them.
 */
const values: Readonly<Record<string, string>> = {
  smallint: 'a whole number',
  integer: 'a whole number',
  bigint: 'a 64-bit whole number (text in JavaScript)',
  numeric: 'an exact decimal (text in JavaScript)',
  real: 'a floating-point number',
  'double precision': 'a floating-point number',
  text: 'text',
  'character varying': 'text',
  character: 'text padded with blanks',
  boolean: 'true or false',
  date: 'a day',
  'timestamp without time zone': 'a time without a zone',
  'timestamp with time zone': 'a point in time',
  json: 'a document as it was written',
  jsonb: 'a document that has lost the order of its keys',
  uuid: 'a UUID',
  bytea: 'bytes',
};

/** What drivers make of a type: the same words for types that make no difference to code. */
export function returnedAs(type: string): string {
  if (type.endsWith('[]')) return `an array of: ${returnedAs(type.slice(0, -2))}`;
  return values[type.replace(/\([^)]*\)/, '')] ?? `a value of ${type.replace(/\([^)]*\)/, '')}`;
}
