import { onSuppression } from '../on-suppression.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'suppression/unknown-rule',
  title: 'A suppression names no rule',
  message: 'lets {rule:code} pass, and there is no such rule{hint}',
  triggeredWhen: 'a comment of the change suppresses a rule that does not exist',
  impact: 'it has no effect',
  remediation: [
    {
      kind: 'advice',
      title: 'Name the rule',
      text: 'Each insight is shown with the name of its rule; `pg-guardrails rules` lists all.',
    },
  ],
  core: false,
  *check(facts) {
    for (const { suppression, outcome } of facts.suppressions) {
      if (outcome.kind !== 'unknown rule') continue;
      const hint = outcome.nearest === null ? '' : `; the nearest is ${outcome.nearest}`;
      yield onSuppression(suppression, 'text only', { hint });
    }
  },
});
