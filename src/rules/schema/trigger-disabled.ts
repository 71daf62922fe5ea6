import { onObject } from '../on-object.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'schema/trigger-disabled',
  title: 'A trigger is left disabled',
  message: 'the {kind} {trigger:code} on {table:code} is disabled once all migrations have run',
  triggeredWhen: 'a trigger or rewrite rule is disabled, and nothing enables it again',
  impact: 'writes go past what it is there to check, record or keep up to date',
  remediation: [
    {
      kind: 'advice',
      title: 'Enable it where it is disabled, or drop it',
      text: 'If a backfill must go past it, enable it again in the same transaction. A trigger that nobody needs is dropped.',
    },
  ],
  core: false,
  *check(facts) {
    for (const table of facts.schema.tables) {
      for (const object of facts.schema.on(table.name, 'trigger', 'rule')) {
        if (object.state !== 'disabled') continue;
        yield onObject(facts, object, 'medium', {
          table: table.name,
          trigger: object.name,
          kind: object.kind,
        });
      }
    }
  },
});
