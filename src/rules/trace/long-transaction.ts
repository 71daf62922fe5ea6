import type { Trace, TraceStatement } from '../../model/trace.ts';
import { parse } from '../../sql/grammar.ts';
import { mentionsOf } from '../../sql/mentions.ts';
import type { Facts } from '../facts.ts';
import { inShort, onTrace, sentFrom } from '../on-trace.ts';
import { defineRule, type Finding } from '../rule.ts';
import { mostSevere } from '../severity.ts';
import { orderOf } from '../trace-order.ts';
import { isWrite } from '../trace-queries.ts';
import { isolationInWords, type TracedTransaction, transactionsOf } from '../trace-transactions.ts';

export default defineRule({
  id: 'trace/long-transaction',
  title: 'A transaction waits for something else',
  message:
    'a transaction of {route:code} lasts {total:count} ms and asks nothing of the database for {idle:count} ms of them[[, {longest:count} ms at a time]], after {after:code}[[, while it holds locks on rows of {locked:code}]][[; begun with {begun:code}]][[ at {began:code}]], {isolation}; its order: {order:code}',
  triggeredWhen:
    'half a second or more of a transaction goes by between its statements, in pauses of 50 ms or longer: the application does something else meanwhile, such as a call over the network',
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
    const gaps = gapsOf(transaction);
    const [gap] = gaps.toSorted((a, b) => b.ms - a.ms);
    const idle = gaps.reduce((sum, { ms }) => sum + ms, 0);
    const severity = facts.severity('trace/long-transaction', idle);
    if (gap === undefined || severity === 'healthy') return [];
    return [
      onTrace(trace, gap.after, severity, {
        gap: Math.round(gap.ms),
        idle: Math.round(idle),
        longest: gaps.length > 1 ? Math.round(gap.ms) : null,
        total: Math.round(lasted(transaction)),
        after: inShort(gap.after),
        begun: transaction.begun?.sql ?? null,
        began: sentFrom(transaction.all),
        isolation: isolationInWords(transaction),
        locked: lockedBefore(transaction, gap.after),
        order: orderOf(transaction.all),
      }),
    ];
  });
}

/** Milliseconds; what is shorter is the work of any application between two statements. */
const shortestPause = 50;

interface Gap {
  readonly after: TraceStatement;
  readonly ms: number;
}

/** Pauses that are more than the way there and back. */
function gapsOf({ all }: TracedTransaction): readonly Gap[] {
  return all.slice(1).flatMap((next, index): readonly Gap[] => {
    const after = all[index];
    const end = after === undefined ? null : endOf(after);
    if (after === undefined || end === null || next.startedAt === null) return [];
    const ms = next.startedAt - end;
    return ms < shortestPause ? [] : [{ after, ms }];
  });
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

/** Tables whose rows it has written or locked by then; null where there are none. */
function lockedBefore({ body }: TracedTransaction, after: TraceStatement): string | null {
  const done = body.slice(0, body.indexOf(after) + 1).filter((each) => isWrite(each) || locksRows(each));
  const tables = new Set(done.flatMap(lockedBy));
  return tables.size === 0 ? null : [...tables].join(', ');
}

function locksRows({ sql }: TraceStatement): boolean {
  return /\bfor\s+(?:no\s+key\s+)?(?:update|share|key\s+share)\b/i.test(sql);
}

/** What it writes to, or of a SELECT what it reads: the first that it names. */
function lockedBy({ sql }: TraceStatement): readonly string[] {
  const parsed = parse(sql);
  return parsed.kind === 'parsed'
    ? mentionsOf(parsed.value)
        .relations.slice(0, 1)
        .map(({ name }) => name)
    : [];
}
