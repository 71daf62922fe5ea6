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
    'two or more queries of 30 ms or longer, none of which has parameters or conditions, follow each other in a trace',
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
    if (isIndependent(statement)) found.at(-1)?.push(statement);
    else found.push([]);
  }
  return found;
}

/** A query that takes no value from the application, and so none from an earlier one. */
function isIndependent(statement: TraceStatement): boolean {
  return (
    isQueryOf(statement, 'SelectStmt') &&
    (statement.durationMs ?? 0) >= worthMs &&
    !/\$\d|\bwhere\b/i.test(statement.sql)
  );
}
