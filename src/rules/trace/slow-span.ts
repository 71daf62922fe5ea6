import type { Trace } from '../../model/trace.ts';
import type { Facts } from '../facts.ts';
import { onTrace } from '../on-trace.ts';
import { defineRule, type Finding } from '../rule.ts';
import { mostSevere } from '../severity.ts';

export default defineRule({
  id: 'trace/slow-span',
  title: 'A query was slow where it was captured',
  message: 'took {ms:count} ms in {route:code}',
  triggeredWhen: 'one execution took half a second or longer where it was captured',
  impact: 'whoever waits for the request waits for it, and a connection of the pool is taken meanwhile',
  remediation: [
    {
      kind: 'advice',
      title: 'Look at its plan',
      text: 'What is said of its plan at production size tells where the time goes; where nothing is said, it waited: for a lock, for the network, or for a server that was busy.',
    },
  ],
  core: false,
  *check(facts) {
    yield* mostSevere(facts.traces.flatMap((trace) => findingsIn(facts, trace)));
  },
});

function findingsIn(facts: Facts, trace: Trace): readonly Finding[] {
  return trace.statements.flatMap((statement): readonly Finding[] => {
    const ms = statement.durationMs ?? 0;
    const severity = facts.severity('trace/slow-span', ms);
    if (statement.fingerprint === null || severity === 'healthy') return [];
    return [onTrace(trace, statement, severity, { ms: Math.round(ms) })];
  });
}
