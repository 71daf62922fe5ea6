import type { Severity } from '../../model/insight.ts';
import type { Facts } from '../facts.ts';
import { largestOf } from '../integers.ts';
import { onObject } from '../on-object.ts';
import { defineRule } from '../rule.ts';
import type { SchemaFacts } from '../schema-facts.ts';

/** From this share of the numbers in use, running out of them is a matter of months. */
const closeToTheEnd = 0.1;

export default defineRule({
  id: 'schema/foreign-key-type',
  title: 'A foreign key differs in type from what it references',
  message:
    '{column:code} of {table:code} is {type:code}, and {referencedColumn:code} of {referenced:code} is {referencedType:code}: {consequence}',
  triggeredWhen: 'a column of a foreign key has another type than the column that it references',
  impact:
    'values that the one can hold do not fit into the other, and comparisons of the two convert one of them',
  remediation: [
    {
      kind: 'advice',
      title: 'Give both the same type',
      text: 'While a table is empty that is quick. Later it rewrites the table: add a column of the right type, fill it in batches, and swap the two.',
    },
  ],
  core: false,
  *check(facts) {
    for (const table of facts.schema.tables) {
      for (const key of facts.schema.on(table.name, 'constraint')) {
        if (key.references === null) continue;
        for (const [place, column] of key.columns.entries()) {
          const referencedColumn = key.references.columns[place] ?? '';
          const type = typeOf(facts.schema, table.name, column);
          const referencedType = typeOf(facts.schema, key.references.table, referencedColumn);
          if (type === null || referencedType === null || type === referencedType) continue;
          const isNarrower = (largestOf(type) ?? 0) < (largestOf(referencedType) ?? 0);
          const figures = {
            table: table.name,
            column,
            type,
            referenced: key.references.table,
            referencedColumn,
            referencedType,
            consequence: isNarrower ? 'later rows cannot be referenced' : 'comparing them converts one',
          };
          const severity = isNarrower ? severityOf(facts, key.references.table, type) : 'low';
          yield onObject(facts, key, severity, figures, { aspect: column });
        }
      }
    }
  },
});

/** Without length or precision, which do not matter to comparisons; varchar is text to them. */
function typeOf(schema: SchemaFacts, table: string, name: string): string | null {
  const column = schema.on(table, 'column').find((each) => each.name === name);
  if (column === undefined) return null;
  const domain = schema.all('domain').find((each) => each.name === column.type);
  const type = (domain?.type ?? column.type).replace(/\(.*\)/, '');
  return type === 'character varying' ? 'text' : type;
}

function severityOf(facts: Facts, referenced: string, type: string): Severity {
  const table = facts.table(referenced);
  const range = largestOf(type);
  if (table === null || range === null || table.source === 'assumed') return 'medium';
  return table.rows >= range * closeToTheEnd ? 'high' : 'medium';
}
