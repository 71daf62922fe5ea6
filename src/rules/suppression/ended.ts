import { onSuppression } from '../on-suppression.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'suppression/ended',
  title: 'A suppression has come to its end',
  message: 'let {rule:code} pass until {until}, and it is still found',
  triggeredWhen:
    'the last day of an entry of the ignore list has passed, and the change introduces what it let pass',
  impact: 'what was to be put right by then counts again',
  remediation: [
    {
      kind: 'advice',
      title: 'Put it right',
      text: 'Or set a later day, with the reason for it.',
    },
  ],
  core: false,
  *check(facts) {
    for (const { suppression, outcome } of facts.suppressions) {
      if (outcome.kind === 'ended') yield onSuppression(suppression, 'observed', { until: outcome.until });
    }
  },
});
