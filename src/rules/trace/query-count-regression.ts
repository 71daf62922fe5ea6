import type { Trace } from '../../model/trace.ts';
import { onTrace } from '../on-trace.ts';
import { defineRule } from '../rule.ts';

/** How many times as many queries a route must send: a page with one part more is no regression. */
const leastRatio = 1.5;

export default defineRule({
  id: 'trace/query-count-regression',
  title: 'A request sends more queries than before',
  message: '{route:code} sends {after:count} queries; at base it sent {before:count}',
  triggeredWhen:
    'a route sends half as many queries again as in the capture of the base, and two more at least',
  impact: 'each is a round trip, and the number often grows with the data',
  remediation: [
    {
      kind: 'advice',
      title: 'Look for a loop',
      text: 'Something that was loaded together is now loaded one by one, or something new is asked for in a loop: where it repeats itself, `trace/n-plus-one` names the query.',
    },
  ],
  core: false,
  *check(facts) {
    const before = countsByRoute(facts.earlierTraces);
    for (const [route, { trace, count }] of countsByRoute(facts.traces)) {
      const earlier = before.get(route);
      if (earlier === undefined || count < earlier.count * leastRatio) continue;
      const severity = facts.severity('trace/query-count-regression', count - earlier.count);
      if (severity === 'healthy') continue;
      yield onTrace(trace, undefined, severity, { before: earlier.count, after: count });
    }
  },
});

interface Counted {
  readonly trace: Trace;
  /** Queries of its longest trace. */
  readonly count: number;
}

/** Only what has a route can be found again. */
function countsByRoute(traces: readonly Trace[]): ReadonlyMap<string, Counted> {
  const counts = new Map<string, Counted>();
  for (const trace of traces) {
    if (trace.route === null) continue;
    const key = `${trace.service} ${trace.route}`;
    const count = trace.leftOut + trace.statements.filter(({ fingerprint }) => fingerprint !== null).length;
    const known = counts.get(key);
    if (known === undefined || count > known.count) counts.set(key, { trace, count });
  }
  return counts;
}
