import type { Trace, TraceStatement } from '../../model/trace.ts';
import { inShort, onTrace } from '../on-trace.ts';
import { defineRule } from '../rule.ts';

/** How many times as many queries a route must send: a page with one part more is no regression. */
const leastRatio = 1.5;

export default defineRule({
  id: 'trace/query-count-regression',
  title: 'A request sends more queries than before',
  message:
    '{route:code} sends {after:count} queries; at base it sent {before:count}[[; more often than then: {added}]]',
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
      const found = onTrace(trace, mostAdded(earlier.trace, trace), severity, {
        before: earlier.count,
        after: count,
        added: addedSince(earlier.trace, trace),
      });
      // It is one of the route, whichever query is added most often.
      yield { ...found, identity: [...found.identity.slice(0, 2), ''] };
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

/** A query that is sent more often than before. */
interface Added {
  readonly statement: TraceStatement;
  readonly before: number;
  readonly after: number;
}

/** The queries that a route sends more often than before, those first that are added most often. */
function moreOften(before: Trace, after: Trace): readonly Added[] {
  const earlier = countsByShape(before);
  return [...countsByShape(after).values()]
    .map((statements): Added | null => {
      const [statement] = statements;
      const known = earlier.get(statement?.fingerprint ?? '')?.length ?? 0;
      return statement === undefined || statements.length <= known
        ? null
        : { statement, before: known, after: statements.length };
    })
    .filter((each) => each !== null)
    .toSorted((a, b) => b.after - b.before - (a.after - a.before));
}

function countsByShape({ statements }: Trace): ReadonlyMap<string, readonly TraceStatement[]> {
  const queries = statements.filter(({ fingerprint }) => fingerprint !== null);
  return Map.groupBy(queries, ({ fingerprint }) => fingerprint ?? '');
}

/** It is told where that is sent from. */
function mostAdded(before: Trace, after: Trace): TraceStatement | undefined {
  return moreOften(before, after)[0]?.statement;
}

/** Further ones are as many lines that nobody reads. */
const mostListed = 5;

/** `SELECT ... (12 times, not before); ...` */
function addedSince(before: Trace, after: Trace): string | null {
  const all = moreOften(before, after);
  const listed = all.slice(0, mostListed).map((each) => {
    const earlier = each.before === 0 ? 'not before' : `${each.before} before`;
    return `${inShort(each.statement)} (${each.after} times, ${earlier})`;
  });
  const rest = all.length > mostListed ? [`and ${all.length - mostListed} more`] : [];
  return all.length === 0 ? null : [...listed, ...rest].join('; ');
}
