import type { Trace, TraceStatement } from '../../model/trace.ts';
import type { Facts } from '../facts.ts';
import { inShort, onTrace } from '../on-trace.ts';
import { defineRule, type Finding } from '../rule.ts';
import { mostSevere } from '../severity.ts';
import { type TracedTransaction, transactionsOf } from '../trace-transactions.ts';

export default defineRule({
  id: 'trace/long-transaction',
  title: 'A transaction waits for something else',
  message:
    'a transaction of {route:code} lasts {total:count} ms and asks nothing of the database for {gap:count} ms of them, after {after:code}[[; begun with {begun:code}]]',
  triggeredWhen:
    'between two statements of a transaction half a second or more goes by: the application does something else meanwhile, such as a call over the network',
  impact:
    'what it has locked stays locked, rows that others delete cannot be cleaned up, and a connection of the pool is taken while nothing happens on it',
  remediation: [
    {
      kind: 'advice',
      title: 'Do it before or after',
      text: 'Make the call before BEGIN, or after COMMIT from a row that says what is to be done (an outbox); within the transaction leave only the statements that belong together.',
    },
  ],
  core: false,
  *check(facts) {
    yield* mostSevere(facts.traces.flatMap((trace) => findingsIn(facts, trace)));
  },
});

function findingsIn(facts: Facts, trace: Trace): readonly Finding[] {
  return transactionsOf(trace).flatMap((transaction): readonly Finding[] => {
    const gap = longestGap(transaction);
    const severity = facts.severity('trace/long-transaction', gap?.ms ?? 0);
    if (gap === null || severity === 'healthy') return [];
    return [
      onTrace(trace, gap.after, severity, {
        gap: Math.round(gap.ms),
        total: Math.round(lasted(transaction)),
        after: inShort(gap.after),
        begun: transaction.begun?.sql ?? null,
      }),
    ];
  });
}

interface Gap {
  readonly after: TraceStatement;
  readonly ms: number;
}

function longestGap({ all }: TracedTransaction): Gap | null {
  const gaps = all.slice(1).flatMap((next, index): readonly Gap[] => {
    const after = all[index];
    const end = after === undefined ? null : endOf(after);
    return after === undefined || end === null || next.startedAt === null
      ? []
      : [{ after, ms: next.startedAt - end }];
  });
  return gaps.toSorted((a, b) => b.ms - a.ms)[0] ?? null;
}

function lasted({ all }: TracedTransaction): number {
  const [first] = all;
  const last = all.at(-1);
  const end = last === undefined ? null : endOf(last);
  return end === null || first === undefined || first.startedAt === null ? 0 : end - first.startedAt;
}

function endOf({ startedAt, durationMs }: TraceStatement): number | null {
  return startedAt === null ? null : startedAt + (durationMs ?? 0);
}
