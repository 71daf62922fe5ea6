import { onObject } from '../on-object.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'schema/foreign-key-action',
  title: 'Deleting a row deletes rows of another table',
  message:
    '{constraint:code} deletes rows of {table:code} along with the row of {referenced:code} that they reference',
  triggeredWhen: 'a foreign key is declared with ON DELETE CASCADE',
  impact: 'one DELETE takes rows along that its author may not think of, and locks them all until it is done',
  remediation: [
    {
      kind: 'advice',
      title: 'Delete what belongs together by name',
      text: 'With NO ACTION, which is the default, a DELETE fails until the application has deleted the referencing rows, in batches if they are many.',
    },
  ],
  core: false,
  default: 'off',
  *check(facts) {
    for (const table of facts.schema.tables) {
      for (const constraint of facts.schema.on(table.name, 'constraint')) {
        if (constraint.references?.onDelete !== 'cascade') continue;
        yield onObject(facts, constraint, 'low', {
          constraint: constraint.name,
          table: table.name,
          referenced: constraint.references.table,
        });
      }
    }
  },
});
