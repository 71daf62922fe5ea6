import type { Trace, TraceStatement } from '../model/trace.ts';

/** A transaction block of a trace. */
export interface TracedTransaction {
  /** BEGIN, where it was captured. */
  readonly begun: TraceStatement | null;
  /** All of its statements, BEGIN and COMMIT included. */
  readonly all: readonly TraceStatement[];
  /** What it does, without BEGIN and COMMIT. */
  readonly body: readonly TraceStatement[];
}

/** The transaction blocks of a trace; a statement outside of one is a transaction by itself and left out. */
export function transactionsOf({ statements }: Trace): readonly TracedTransaction[] {
  const transactions: TracedTransaction[] = [];
  let open: TraceStatement[] | null = null;
  for (const statement of statements) {
    if (statement.control === 'begins') open = [];
    open?.push(statement);
    if (statement.control === 'ends' && open !== null) {
      transactions.push(toTransaction(open));
      open = null;
    }
  }
  return open === null ? transactions : [...transactions, toTransaction(open)];
}

function toTransaction(all: readonly TraceStatement[]): TracedTransaction {
  return { begun: all[0] ?? null, all, body: all.filter(({ control }) => control === null) };
}
