import { onSuppression } from '../on-suppression.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'suppression/unused',
  title: 'A suppression is not needed',
  message: 'lets {rule:code} pass, {why}',
  triggeredWhen:
    'a suppression of the change holds for something that its rule was checked on and found nothing wrong with, or stands at no statement',
  impact: 'what it was meant for is gone or elsewhere, and it would hide the next finding',
  remediation: [
    {
      kind: 'advice',
      title: 'Remove it',
      text: 'Or put it where it belongs: on the line directly before its statement, in it, or behind it on its last line.',
    },
  ],
  core: false,
  *check(facts) {
    for (const { suppression, outcome } of facts.suppressions) {
      if (outcome.kind !== 'unused') continue;
      const isAstray = suppression.scope.kind === 'nothing';
      const why = isAstray ? 'but stands at no statement' : 'which found nothing there';
      yield onSuppression(suppression, isAstray ? 'text only' : 'observed', { why });
    }
  },
});
