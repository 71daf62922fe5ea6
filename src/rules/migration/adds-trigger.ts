import { creations, newRelations } from '../alterations.ts';
import { onCause } from '../on-cause.ts';
import { defineRule } from '../rule.ts';
import { queriesOf, usages, usedBy, writes } from '../usage.ts';

export default defineRule({
  id: 'migration/adds-trigger',
  title: 'Every later write runs a trigger',
  message:
    'adds the trigger {trigger:code} to {table:code}, which runs for each {unit} that is written; {usage}',
  triggeredWhen: 'a table that existed before has a trigger at head that it did not have',
  impact:
    'each INSERT, UPDATE or DELETE also does the work of the function, within its transaction, and fails where the function does; a backfill runs it for every row',
  remediation: [
    {
      kind: 'advice',
      title: 'Keep it short, and for a while',
      text: 'A trigger that keeps two columns in step during a change is what it is for: drop it when the change is done. Restrict it with WHEN and UPDATE OF to the rows that need it; for work on many rows, use FOR EACH STATEMENT with transition tables.',
    },
  ],
  core: false,
  *check(facts) {
    const created = newRelations(facts);
    for (const { object: trigger, by } of creations(facts, 'trigger')) {
      if (created.has(trigger.table) || trigger.state === 'disabled') continue;
      const writing = usages(facts).filter((usage) => writes(usage, trigger.table));
      yield onCause(
        by,
        trigger,
        'low',
        {
          trigger: trigger.name,
          table: trigger.table,
          unit: / FOR EACH ROW /.test(trigger.definition) ? 'row' : 'statement',
          usage: usedBy(facts, writing),
        },
        queriesOf(writing),
      );
    }
  },
});
