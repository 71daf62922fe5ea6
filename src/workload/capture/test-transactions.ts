import type { CapturedQuery } from '../../model/query.ts';
import type { Recognised } from '../recognise.ts';

/** The transactions of a session. */
interface Transactions {
  next: number;
  /** Where the open one began. */
  begun: number | null;
  committed: number;
  /** Those that were rolled back: the numbers of their BEGIN and ROLLBACK. */
  readonly rolledBack: (readonly [from: number, to: number])[];
}

/** What a statement is to the transaction around a test: part of that, or sent within the test of a number. */
export type InTest = { readonly kind: 'around' } | { readonly kind: 'within'; readonly test: number } | null;

const rollback = /^\s*(?:rollback|abort)\b/i;

/**
 * Tells which transactions stand around tests: many suites wrap each test in one that they roll back. A session that commits
 * more than it rolls back is one of the application.
 */
export class TestTransactions {
  readonly #sessions = new Map<string, Transactions>();

  /** Whether there are any. */
  get isEmpty(): boolean {
    return ![...this.#sessions.values()].some(wrapsTests);
  }

  add({ trace, sql }: Pick<CapturedQuery, 'trace' | 'sql'>, recognised: Recognised): void {
    const name = trace ?? '';
    const session = this.#sessions.get(name) ?? { next: 0, begun: null, committed: 0, rolledBack: [] };
    this.#sessions.set(name, session);
    const number = session.next;
    session.next += 1;
    if (recognised.kind !== 'control') return;
    if (recognised.control === 'begins') session.begun ??= number;
    if (recognised.control !== 'ends' || session.begun === null) return;
    if (!rollback.test(sql)) session.committed += 1;
    else if (number > session.begun + 1) session.rolledBack.push([session.begun, number]);
    session.begun = null;
  }

  /** To be asked about each statement of a session once more, in the same order, when all were added. */
  replay(): { of(trace: string): InTest } {
    const places = new Map<string, { number: number; test: number }>();
    return {
      of: (trace) => {
        const place = places.get(trace) ?? { number: 0, test: 0 };
        places.set(trace, place);
        const { number } = place;
        place.number += 1;
        const session = this.#sessions.get(trace);
        if (session === undefined || !wrapsTests(session)) return null;
        const [from, to] = session.rolledBack[place.test] ?? [];
        if (from === undefined || to === undefined || number < from) return null;
        const test = place.test + 1;
        if (number === to) place.test = test;
        return number === from || number === to ? { kind: 'around' } : { kind: 'within', test };
      },
    };
  }
}

function wrapsTests({ rolledBack, committed }: Transactions): boolean {
  return rolledBack.length > 0 && rolledBack.length >= committed;
}
