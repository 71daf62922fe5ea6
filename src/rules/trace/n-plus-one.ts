import type { Trace, TraceStatement } from '../../model/trace.ts';
import type { Facts } from '../facts.ts';
import { inShort, inTrace, nameOf, onTrace, totalMs } from '../on-trace.ts';
import { defineRule, type Finding } from '../rule.ts';
import { mostSevere } from '../severity.ts';
import { repeatedBlocks } from '../trace-blocks.ts';
import { readsOneByOne } from '../trace-queries.ts';

export default defineRule({
  id: 'trace/n-plus-one',
  title: 'A query is sent once for each row of another',
  message:
    '{route:code} sends it {count:count} times, once for each row of {source:code}[[, {ms:count} ms in all]]',
  triggeredWhen:
    'a request, test or session sends the same query five times or more in a row, with other values each time, after another query that returned what it is asked for',
  impact:
    'each row costs a round trip: what takes ten milliseconds with ten rows of test data takes seconds with the rows of production',
  remediation: [
    {
      kind: 'advice',
      title: 'Load them with the rows that they belong to',
      text: 'Join them in the first query, or let the library load them for all rows together (`include`, `preload`, `with`, `select_related`), so that there are two queries whatever the number of rows.',
    },
  ],
  core: false,
  *check(facts) {
    yield* mostSevere(facts.traces.flatMap((trace) => findingsIn(facts, trace)));
  },
});

function findingsIn(facts: Facts, trace: Trace): readonly Finding[] {
  return repeatedBlocks(trace).flatMap(({ repetitions, source }): readonly Finding[] => {
    const statements = repetitions.flat();
    const [first] = statements;
    // A sequence of several is told by trace/repeated-sequence.
    if (first === undefined || source === null || repetitions[0]?.length !== 1) return [];
    if (!readsOneByOne(first.sql) || !differ(statements) || overlap(statements)) return [];
    const severity = inTrace(trace, facts.severity('trace/n-plus-one', statements.length));
    if (severity === 'healthy') return [];
    const ms = totalMs(statements);
    return [
      onTrace(trace, first, severity, {
        count: statements.length,
        source: inShort(source),
        ms: ms === null ? null : Math.round(ms),
        route: nameOf(trace),
      }),
    ];
  });
}

/** The same values again and again are a matter of trace/duplicate-query. */
function differ(statements: readonly TraceStatement[]): boolean {
  const distinct = new Set(statements.map(({ execution }) => execution)).size;
  return distinct > statements.length / 2;
}

/** Queries that were sent side by side do not wait for each other. */
function overlap(statements: readonly TraceStatement[]): boolean {
  const pairs = statements.slice(1).map((next, index) => [statements[index], next] as const);
  const overlapping = pairs.filter(
    ([before, next]) =>
      before?.startedAt != null &&
      before.durationMs !== null &&
      next.startedAt !== null &&
      next.startedAt < before.startedAt + before.durationMs - 1,
  );
  return overlapping.length > pairs.length / 2;
}
