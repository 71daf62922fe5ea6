import { onSuppression } from '../on-suppression.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'suppression/without-reason',
  title: 'A suppression has no reason',
  message: 'lets {rule:code} pass and does not say why',
  triggeredWhen:
    'a comment of the change suppresses a rule, and no reason follows its name after two hyphens',
  impact: 'nobody can tell later whether what was true then still is',
  remediation: [
    {
      kind: 'advice',
      title: 'Give the reason',
      text: 'Write it behind two hyphens: pg-guardrails:ignore RULE -- the table has twenty rows.',
    },
  ],
  core: false,
  *check(facts) {
    for (const { suppression } of facts.suppressions) {
      if (suppression.reason === null) yield onSuppression(suppression, 'text only');
    }
  },
});
