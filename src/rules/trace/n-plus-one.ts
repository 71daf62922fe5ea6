import type { Trace, TraceStatement } from '../../model/trace.ts';
import type { Facts } from '../facts.ts';
import { inShort, inTrace, onTrace, totalMs } from '../on-trace.ts';
import { defineRule, type Finding } from '../rule.ts';
import { lighter, mostSevere } from '../severity.ts';
import { type Loop, repetitionOf } from '../trace-loops.ts';
import { isExistenceCheck, readsOneByOne } from '../trace-queries.ts';
import { tablesOf } from '../trace-tables.ts';

export default defineRule({
  id: 'trace/n-plus-one',
  title: 'A query is sent once for each row of another',
  message:
    '{route:code} sends it {count:count} times, once for each row of {source:code}[[, which is itself sent {within:count} times]][[, together with {others:count} more queries that ask other tables for some of the rows]][[, up to {sideBySide:count} at a time, each on a connection of its own]][[, {ms:count} ms in all]]',
  triggeredWhen:
    'a request, test or session sends the same query five times or more, with other values each time, after another query that returned what it is asked for. One step milder where they are sent side by side',
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
  return repetitionOf(trace, tablesOf(facts)).loops.flatMap((loop): readonly Finding[] => {
    const { statements, source, within, others } = loop;
    const [first] = statements;
    if (first === undefined || source === null || !isLoopOverRows(first.sql) || !differ(statements))
      return [];
    const sideBySide = mostAtATime(statements);
    const severity = severityOf(facts, trace, loop, sideBySide);
    if (severity === 'healthy') return [];
    const ms = totalMs(statements);
    return [
      onTrace(trace, first, severity, {
        count: statements.length,
        source: inShort(source),
        sourceFingerprint: source.fingerprint,
        within: within?.count ?? null,
        others: others === 0 ? null : others,
        sideBySide: sideBySide > 1 ? sideBySide : null,
        ms: ms === null ? null : Math.round(ms),
      }),
    ];
  });
}

/** Whether a row is there already is asked before each that is written: that has no list to be loaded with. */
function isLoopOverRows(sql: string): boolean {
  return readsOneByOne(sql) && !isExistenceCheck(sql);
}

/** Queries that are sent side by side do not wait for each other, but take the connections of all others. */
function severityOf(facts: Facts, trace: Trace, { statements }: Loop, sideBySide: number) {
  const severity = inTrace(trace, facts.severity('trace/n-plus-one', statements.length));
  if (sideBySide < 2) return severity;
  return severity === 'low' ? 'healthy' : lighter(severity);
}

/** The same values again and again are a matter of trace/duplicate-query. */
function differ(statements: readonly TraceStatement[]): boolean {
  const distinct = new Set(statements.map(({ execution }) => execution)).size;
  return distinct > statements.length / 2;
}

/** Most executions at a time; 1 where half of them wait for the one before, or nobody knows. */
function mostAtATime(statements: readonly TraceStatement[]): number {
  const spans = statements
    .flatMap(({ startedAt, durationMs }) =>
      startedAt === null || durationMs === null ? [] : [{ from: startedAt, to: startedAt + durationMs - 1 }],
    )
    .toSorted((a, b) => a.from - b.from);
  let overlapping = 0;
  let most = 1;
  let open: readonly { readonly to: number }[] = [];
  for (const span of spans) {
    open = open.filter(({ to }) => span.from < to);
    if (open.length > 0) overlapping += 1;
    open = [...open, span];
    most = Math.max(most, open.length);
  }
  return overlapping > (statements.length - 1) / 2 ? most : 1;
}
