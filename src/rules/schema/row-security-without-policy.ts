import { keyOf } from '../facts.ts';
import { lastDrop, onObject } from '../on-object.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'schema/row-security-without-policy',
  title: 'Row security hides all rows',
  message:
    'row security of {table:code} is {state}, and no policy lets anybody see a row: for {whom} the table is empty',
  triggeredWhen: 'row security is enabled on a table that has no policy',
  impact:
    'queries find nothing and updates change nothing, without an error; only inserts fail, and superusers notice nothing',
  remediation: [
    {
      kind: 'sql',
      title: 'Create the policies first, in the same transaction',
      text: 'CREATE POLICY {policy} ON {table} FOR SELECT USING (true); -- your condition\nALTER TABLE {table} ENABLE ROW LEVEL SECURITY;',
    },
  ],
  core: false,
  *check(facts) {
    for (const table of facts.schema.all('table', 'partitioned table')) {
      if (table.rowSecurity === 'off' || facts.schema.on(table.name, 'policy').length > 0) continue;
      // A table that others have read is another matter than one that nobody has been able to read yet.
      const wasReadable = (facts.change?.differences ?? []).some(
        (each) =>
          each.kind === 'altered' &&
          keyOf(each) === table.key &&
          'rowSecurity' in each.before &&
          each.before.rowSecurity === 'off',
      );
      const isForced = table.rowSecurity === 'forced';
      const figures = {
        table: table.name,
        state: table.rowSecurity,
        whom: isForced ? 'all but superusers, its owner too,' : 'all but its owner',
        policy: `${table.name.slice(table.name.indexOf('.') + 1)}_read`,
      };
      const cause = lastDrop(facts, (object) => object.kind === 'policy' && object.table === table.name);
      yield onObject(facts, table, wasReadable ? 'high' : 'medium', figures, { cause });
    }
  },
});
