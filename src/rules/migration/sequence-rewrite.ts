import { lockOn, modeOrNone, onStatement } from '../on-statement.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'migration/sequence-rewrite',
  title: 'A sequence is rewritten while it is locked',
  message:
    'writes the sequence {sequence:code} anew while holding {lock:code} on it: whoever needs its next value waits until the transaction ends',
  triggeredWhen: 'ALTER SEQUENCE gives a sequence that existed before a new file',
  impact: 'every INSERT that takes a value from the sequence waits; the rewrite itself takes no time',
  remediation: [
    {
      kind: 'advice',
      title: 'Let it be the last statement',
      text: 'Give it a transaction of its own, or the last place in one, and a short lock_timeout, so that nothing else keeps the sequence locked.',
    },
  ],
  core: false,
  *check(facts) {
    for (const each of facts.statements) {
      for (const sequence of each.statement.sequencesRewritten) {
        yield onStatement(each, 'low', { sequence, lock: modeOrNone(lockOn(each, sequence)) });
      }
    }
  },
});
