import type { Trace, TraceStatement } from '../../model/trace.ts';
import type { Facts } from '../facts.ts';
import { inShort, onTrace } from '../on-trace.ts';
import { defineRule, type Finding } from '../rule.ts';
import { mostSevere } from '../severity.ts';
import { isQueryOf } from '../trace-queries.ts';

/** Shorter queries are not worth doing something about. */
const worthMs = 30;

export default defineRule({
  id: 'trace/consecutive-queries',
  title: 'Queries wait for each other without need',
  message:
    '{route:code} sends {count:count} queries one after the other that take nothing from each other: {queries}; side by side they would take {saved:count} ms less',
  triggeredWhen:
    'two or more different queries of 30 ms or longer follow each other in a trace that have no parameters and no conditions, or are all asked with the same values, so that none waits for what another returns',
  impact: 'the request takes as long as all of them together, instead of as long as the longest',
  remediation: [
    {
      kind: 'advice',
      title: 'Send them side by side',
      text: 'Send them on several connections at a time, in one pipeline, or as one query.',
    },
  ],
  core: false,
  *check(facts) {
    yield* mostSevere(facts.traces.flatMap((trace) => findingsIn(facts, trace)));
  },
});

function findingsIn(facts: Facts, trace: Trace): readonly Finding[] {
  return stretches(trace.statements).flatMap((stretch): readonly Finding[] => {
    const durations = stretch.map(({ durationMs }) => durationMs ?? 0);
    const total = durations.reduce((sum, each) => sum + each, 0);
    const saved = Math.round(total - Math.max(0, ...durations));
    const severity = facts.severity('trace/consecutive-queries', saved);
    if (stretch.length < 2 || severity === 'healthy') return [];
    const queries = stretch.map(inShort).join('; ');
    return [onTrace(trace, stretch[0], severity, { count: stretch.length, queries, saved })];
  });
}

function stretches(statements: readonly TraceStatement[]): readonly (readonly TraceStatement[])[] {
  const found: TraceStatement[][] = [[]];
  for (const statement of statements) {
    const stretch = found.at(-1) ?? [];
    if (!isWorthIt(statement)) found.push([]);
    else if (stretch.every((each) => isBeside(each, statement))) stretch.push(statement);
    else found.push([statement]);
  }
  return found;
}

function isWorthIt(statement: TraceStatement): boolean {
  return isQueryOf(statement, 'SelectStmt') && (statement.durationMs ?? 0) >= worthMs;
}

/**
 * Whether neither of two queries takes a value that the other returns: they take none at all from the application, or both
 * the same. The same query again is a matter of trace/duplicate-query.
 */
function isBeside(one: TraceStatement, other: TraceStatement): boolean {
  if (one.fingerprint === other.fingerprint) return false;
  if (takesNothing(one) || takesNothing(other)) return true;
  return one.values !== null && one.values === other.values;
}

function takesNothing({ sql }: TraceStatement): boolean {
  return !/\$\d|\bwhere\b/i.test(sql);
}
