import type { Trace, TraceStatement } from '../../model/trace.ts';
import type { Facts } from '../facts.ts';
import { inTrace, onTrace, totalMs } from '../on-trace.ts';
import { defineRule, type Finding } from '../rule.ts';
import { mostSevere } from '../severity.ts';
import { isRepeatable, isWrite } from '../trace-queries.ts';

export default defineRule({
  id: 'trace/duplicate-query',
  title: 'The same is asked again',
  message:
    '{route:code} sends it {count:count} times with the same values and nothing written in between[[, {ms:count} ms in all]]',
  triggeredWhen:
    'a request, test or session sends a query twice or more with the same values, and writes nothing in between',
  impact: 'every execution but the first is a round trip for what is known already',
  remediation: [
    {
      kind: 'advice',
      title: 'Ask once',
      text: 'Keep the answer for as long as the request lasts, and pass it on to who needs it.',
    },
  ],
  core: false,
  *check(facts) {
    yield* mostSevere(facts.traces.flatMap((trace) => findingsIn(facts, trace)));
  },
});

function findingsIn(facts: Facts, trace: Trace): readonly Finding[] {
  return [...withoutWrites(trace.statements)].flatMap((stretch) =>
    [...Map.groupBy(stretch, ({ execution }) => execution).values()].flatMap((alike): readonly Finding[] => {
      const severity = inTrace(trace, facts.severity('trace/duplicate-query', alike.length));
      if (severity === 'healthy') return [];
      const ms = totalMs(alike);
      return [
        onTrace(trace, alike[0], severity, { count: alike.length, ms: ms === null ? null : Math.round(ms) }),
      ];
    }),
  );
}

/** Reading statements between two that write: a write may change the answer. */
function* withoutWrites(statements: readonly TraceStatement[]): Generator<readonly TraceStatement[]> {
  let stretch: TraceStatement[] = [];
  for (const statement of statements) {
    if (isRepeatable(statement)) stretch.push(statement);
    else if (isWrite(statement) || statement.isDefinition) {
      yield stretch;
      stretch = [];
    }
  }
  yield stretch;
}
