import { alterations } from '../alterations.ts';
import { onCause } from '../on-cause.ts';
import { defineRule } from '../rule.ts';
import { namesColumn, usages, usedBy } from '../usage.ts';

export default defineRule({
  id: 'compatibility/type-changed',
  title: 'A column comes back as another type',
  message:
    'makes {column:code} of {table:code} {after:code} instead of {before:code}: drivers return {returned} where they returned {earlier}; {usage}',
  triggeredWhen:
    'a column that existed before has another type, which drivers turn into another kind of value',
  impact:
    'code that compares, adds or serialises the value does something else, without an error, and parameters of the old type may be refused',
  remediation: [
    {
      kind: 'advice',
      title: 'Let the code take both first',
      text: 'Release code that accepts either type before the column changes, or add a column of the new type, move the readers over, and drop the old one in a later change.',
    },
  ],
  core: false,
  *check(facts) {
    for (const { before, after, by } of alterations(
      facts,
      ['column'],
      ({ type: earlier }, { type }) => returnedAs(earlier) !== returnedAs(type),
    )) {
      const using = usages(facts).filter((usage) => namesColumn(usage, before.table, before.name));
      yield onCause(by, after, using.length > 0 ? 'medium' : 'low', {
        table: before.table,
        column: before.name,
        before: before.type,
        after: after.type,
        earlier: returnedAs(before.type),
        returned: returnedAs(after.type),
        usage: usedBy(facts, using),
      });
    }
  },
});

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

function returnedAs(type: string): string {
  if (type.endsWith('[]')) return `an array of: ${returnedAs(type.slice(0, -2))}`;
  return values[type.replace(/\([^)]*\)/, '')] ?? `a value of ${type.replace(/\([^)]*\)/, '')}`;
}
