import { creations, newRelations } from '../alterations.ts';
import { onCause } from '../on-cause.ts';
import { defineRule } from '../rule.ts';
import { queriesOf, usages, usedBy, writes } from '../usage.ts';

export default defineRule({
  id: 'migration/adds-rule',
  title: 'Statements are rewritten by a rule',
  message:
    'adds the rule {rule:code}, which rewrites statements on {table:code} before they are planned; {usage}',
  triggeredWhen: 'CREATE RULE on a table or view that existed before',
  impact:
    'what is sent is not what is run: expressions such as nextval() or random() are evaluated more than once, RETURNING and row counts change, and COPY ignores the rule',
  remediation: [
    {
      kind: 'advice',
      title: 'Use a trigger',
      text: 'A row trigger sees the values that are written, once; for a view, an INSTEAD OF trigger does. PostgreSQL documentation: "Rules Versus Triggers".',
    },
  ],
  core: false,
  *check(facts) {
    const created = newRelations(facts);
    for (const { object: rule, by } of creations(facts, 'rule')) {
      if (created.has(rule.table)) continue;
      const writing = usages(facts).filter((usage) => writes(usage, rule.table));
      yield onCause(
        by,
        rule,
        'medium',
        {
          rule: rule.name,
          table: rule.table,
          usage: usedBy(facts, writing),
        },
        queriesOf(writing),
      );
    }
  },
});
