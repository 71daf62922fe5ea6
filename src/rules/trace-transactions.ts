import type { Trace, TraceStatement } from '../model/trace.ts';
import { isolationOf } from '../sql/isolation.ts';

/** A transaction block of a trace. */
export interface TracedTransaction {
  /** BEGIN, where it was captured. */
  readonly begun: TraceStatement | null;
  /** All of its statements, BEGIN and COMMIT included. */
  readonly all: readonly TraceStatement[];
  /** What it does, without BEGIN and COMMIT. */
  readonly body: readonly TraceStatement[];
  /** Isolation level that it or its session asks for; null for the server's default. */
  readonly isolation: string | null;
}

/** The transaction blocks of a trace; a statement outside of one is a transaction by itself and left out. */
export function transactionsOf({ statements, isolation }: Trace): readonly TracedTransaction[] {
  const transactions: TracedTransaction[] = [];
  let open: TraceStatement[] | null = null;
  let ofSession = isolation;
  for (const statement of statements) {
    const asked = isolationOf(statement.sql);
    if (asked?.scope === 'session') ofSession = asked.level;
    if (statement.control === 'begins') open = [];
    open?.push(statement);
    if (statement.control === 'ends' && open !== null) {
      transactions.push(toTransaction(open, ofSession));
      open = null;
    }
  }
  return open === null ? transactions : [...transactions, toTransaction(open, ofSession)];
}

function toTransaction(all: readonly TraceStatement[], ofSession: string | null): TracedTransaction {
  const [own] = all
    .flatMap(({ sql }) => isolationOf(sql) ?? [])
    .filter(({ scope }) => scope === 'transaction');
  return {
    begun: all[0] ?? null,
    all,
    body: all.filter(({ control }) => control === null),
    isolation: own?.level ?? ofSession,
  };
}

/** `at REPEATABLE READ`, or that of the server. */
export function isolationInWords({ isolation }: Pick<TracedTransaction, 'isolation'>): string {
  return isolation === null ? "at the server's default isolation level" : `at isolation level ${isolation}`;
}
