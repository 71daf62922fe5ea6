import type { ConstraintObject, ReferentialAction } from '../../model/schema.ts';
import { columnsSetOnDelete } from '../../sql/constraint.ts';
import type { Facts } from '../facts.ts';
import { onObject } from '../on-object.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'schema/set-null-on-not-null',
  title: 'A foreign key sets to NULL what must not be NULL',
  message:
    '{constraint:code} sets {column:code} of {table:code} to {value} on {event}, but the column is `NOT NULL`: that fails for each row of {referenced:code} that is referenced',
  triggeredWhen:
    'a foreign key is declared with SET NULL, or with SET DEFAULT where there is no default, and a column that it would set is NOT NULL',
  impact: 'what the foreign key was told to make possible fails with 23502, at the time somebody tries it',
  remediation: [
    {
      kind: 'advice',
      title: 'Decide what is meant',
      text: 'If a row may lose what it references, ALTER COLUMN ... DROP NOT NULL. If not, take NO ACTION or CASCADE for SET NULL.',
    },
  ],
  core: false,
  *check(facts) {
    for (const table of facts.schema.tables) {
      for (const key of facts.schema.on(table.name, 'constraint')) {
        const found = contradictionOf(facts, key);
        if (found === null || key.references === null) continue;
        const { column, event, action } = found;
        const figures = {
          constraint: key.name,
          table: table.name,
          column: column.name,
          value: action === 'set null' ? 'NULL' : 'its default, which is NULL,',
          event,
          referenced: key.references.table,
        };
        const cause = facts.lastChangeOf(key.key) ?? facts.lastChangeOf(column.key);
        yield onObject(facts, key, 'high', figures, { cause });
      }
    }
  },
});

function contradictionOf(facts: Facts, { table, definition, columns, references }: ConstraintObject) {
  if (references === null) return null;
  const events = [
    {
      event: 'DELETE',
      action: references.onDelete,
      sets: columnsSetOnDelete(definition) ?? columns,
    },
    { event: 'UPDATE', action: references.onUpdate, sets: columns },
  ] as const;
  for (const { event, action, sets } of events) {
    const column = facts.schema
      .on(table, 'column')
      .find((each) => sets.includes(each.name) && each.notNull && becomesNull(action, each.default));
    if (column !== undefined) return { event, action, column };
  }
  return null;
}

function becomesNull(action: ReferentialAction, value: string | null): boolean {
  return action === 'set null' || (action === 'set default' && value === null);
}
