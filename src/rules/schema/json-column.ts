import { onObject } from '../on-object.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'schema/json-column',
  title: 'A column is of type json',
  message:
    '{column:code} of {table:code} is of type {type:code}, which has no equality: DISTINCT, GROUP BY and UNION fail on it',
  triggeredWhen: 'a column of a table is of type json, not jsonb',
  impact: 'queries that compare whole rows fail with 42883, and each access parses the text again',
  remediation: [
    {
      kind: 'advice',
      title: 'Use jsonb',
      text: 'Take json only where the text must stay as it was written: with its spaces, the order of keys, and keys that are there twice.',
    },
  ],
  core: false,
  *check(facts) {
    for (const table of facts.schema.tables) {
      for (const column of facts.schema.on(table.name, 'column')) {
        if (!/^json(\[\])*$/.test(column.type)) continue;
        yield onObject(facts, column, 'low', { table: table.name, column: column.name, type: column.type });
      }
    }
  },
});
