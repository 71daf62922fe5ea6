import { type IndexGap, indexGaps } from '../migrations/index-gaps.ts';
import { type Touch, touchedBy, touchOn, wordsOf } from '../migrations/touched.ts';
import {
  type CommittedTransaction,
  committedTransactions,
  type PlacedStatement,
} from '../migrations/transactions.ts';
import type { MigrationObservation } from '../model/observation.ts';
import type { Query } from '../model/query.ts';
import type { Schema } from '../model/schema.ts';
import type { PlannedQuery } from '../plans/examine.ts';
import type { QueryBetween } from '../rules/step-facts.ts';

/** A committed point of the change, and the queries that it may treat otherwise than base and head do. */
export interface PointBetween {
  /** The last statement that has run. */
  readonly last: PlacedStatement;
  readonly gaps: readonly IndexGap[];
  /** Those whose plan or result may change here. */
  readonly changed: readonly QueryAt[];
  /** Those that only find something new, which may put right what an earlier point did to them. */
  readonly helped: readonly QueryAt[];
}

/** A query, and where it stands. */
export interface QueryAt extends QueryBetween {
  readonly query: Query;
}

/** What the points are found from. */
export interface Passage {
  readonly migrations: readonly MigrationObservation[];
  readonly base: Schema;
  readonly head: Schema;
  /** Queries that both base and head can run, as base plans them. */
  readonly planned: readonly PlannedQuery[];
  /** The table that a partition belongs to; other tables are their own. */
  readonly reportAs: (table: string) => string;
}

/**
 * The committed points at which a query may run otherwise than at base and at head: it uses something that the change
 * has touched by then, and something that the change is still to touch. All else is as it is at one of the two.
 */
export function pointsBetween({
  migrations,
  base,
  head,
  planned,
  reportAs,
}: Passage): readonly PointBetween[] {
  const transactions = committedTransactions(migrations);
  if (transactions.length < 2) return [];
  const gaps = indexGaps(transactions, base, reportAs);
  const alone = transactions.map((transaction) =>
    touchedBy(
      transaction.map((each) => [each]),
      [base, head],
      reportAs,
    ),
  );
  const whole = touchedBy(transactions, [base, head], reportAs);
  const queries = planned.map(({ query, measures }) => {
    const text = [query.sql, ...measures.tables].join(' ');
    const words = wordsOf(text);
    const touches = whole.map((touched) => touchOn(touched, words, text));
    const byIn = (position: number) =>
      lastTouching(transactions[position], (index) =>
        touchOn(alone[position]?.[index] ?? new Map(), words, text),
      );
    return { query, touches, byIn };
  });
  return transactions.slice(0, -1).flatMap((transaction, position): readonly PointBetween[] => {
    const last = transaction.at(-1);
    const at = queries.flatMap(({ query, touches, byIn }) => {
      const kind = kindAt(touches, position);
      if (kind === null) return [];
      const [by, settledBy] = [byIn(position), byIn(touches.findLastIndex((touch) => touch !== null))];
      return by === null || settledBy === null ? [] : [{ kind, at: { query, by, settledBy } }];
    });
    if (last === undefined || at.length === 0) return [];
    const of = (wanted: 'changed' | 'helped') =>
      at.flatMap(({ kind, at: each }) => (kind === wanted ? each : []));
    return [{ last, gaps: gaps[position] ?? [], changed: of('changed'), helped: of('helped') }];
  });
}

/** Null where nothing of the query is touched there, or nothing after it. */
function kindAt(touches: readonly (Touch | null)[], position: number): 'changed' | 'helped' | null {
  const touch = touches[position] ?? null;
  const later = touches.slice(position + 1).filter((each) => each !== null);
  if (touch === null || later.length === 0) return null;
  const isChanged = touch === 'takes' || (touch === 'names' && later.includes('takes'));
  return isChanged ? 'changed' : 'helped';
}

/** The last statement of a transaction that does most to a query; null where none touches it. */
function lastTouching(
  transaction: CommittedTransaction | undefined,
  touchBy: (index: number) => Touch | null,
): PlacedStatement | null {
  const touching = (transaction ?? []).map((by, index) => ({ by, touch: touchBy(index) }));
  const takes = touching.findLast(({ touch }) => touch === 'takes');
  return (takes ?? touching.findLast(({ touch }) => touch !== null))?.by ?? null;
}
