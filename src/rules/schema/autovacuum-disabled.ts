import { onObject } from '../on-object.ts';
import { assumedRemark } from '../on-statement.ts';
import { defineRule } from '../rule.ts';

/** As boolean options may be written: any beginning of `false` and `no`, `off`, 0 (parse_bool in PostgreSQL's bool.c). */
const isOff = /^autovacuum_enabled=(f(a(l(s(e)?)?)?)?|no?|off?|0)$/i;

export default defineRule({
  id: 'schema/autovacuum-disabled',
  title: 'Autovacuum is switched off for a table',
  message: 'autovacuum leaves {table:code} ({rows:count}{assumed} rows) alone: {option:code}',
  triggeredWhen: 'autovacuum_enabled is false among the storage parameters of a table',
  impact:
    'dead rows stay, so that the table grows with each update, and the planner works with statistics from long ago; it runs all the same, at the worst time, once transaction ids run out',
  remediation: [
    {
      kind: 'sql',
      title: 'Let it run, more often rather than never',
      text: 'ALTER TABLE {table} RESET (autovacuum_enabled);\nALTER TABLE {table} SET (autovacuum_vacuum_scale_factor = 0.02);',
    },
  ],
  core: false,
  *check(facts) {
    for (const object of facts.schema.all('table')) {
      const option = object.options.find((each) => isOff.test(each));
      const table = facts.table(object.name);
      if (option === undefined || table === null) continue;
      yield onObject(facts, object, facts.severity('schema/autovacuum-disabled', table.rows), {
        table: object.name,
        rows: table.rows,
        assumed: assumedRemark(table),
        option,
      });
    }
  },
});
