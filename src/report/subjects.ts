import { type Insight, severities } from '../model/insight.ts';
import type { Review } from '../model/review.ts';
import type { ReviewedQuery } from '../model/reviewed-query.ts';
import { termRules } from '../rules/order.ts';

/** Everything that is to be said about one statement or one query. */
export interface AboutOneSubject {
  readonly worst: Insight;
  readonly others: readonly Insight[];
  /** What says nothing new beside these, and is only named. */
  readonly folded: readonly Insight[];
}

/**
 * Rules that ask for a limit. That a lock is waited for, or held, without one adds nothing where the same statement
 * is told to do something worse to the same table: whoever puts that right needs the lock no longer, or briefly.
 */
const limits: ReadonlySet<string> = new Set(['migration/missing-lock-timeout', 'migration/session-limits']);

/** Finds the query that an insight is about; null where it is about none. */
export function queriesByInsight({
  queries,
}: Pick<Review, 'queries'>): (insight: Insight) => ReviewedQuery | null {
  const byFingerprint = new Map(queries.map((query) => [query.fingerprint, query]));
  const byText = new Map(queries.map((query) => [query.sql, query]));
  return ({
    subject,
    evidence: {
      queries: [first = ''],
      sql,
    },
  }) => (subject.kind === 'query' ? (byFingerprint.get(first) ?? byText.get(sql ?? '') ?? null) : null);
}

/** Gathers insights by what they are about, in the order of the worst of each. */
export function bySubject(insights: readonly Insight[]): readonly AboutOneSubject[] {
  return [...Map.groupBy(insights, subjectKey).values()].flatMap((about) => {
    const folded = about.filter((each) => isFolded(each, about));
    const [worst, ...others] = about.filter((each) => !folded.includes(each)).toSorted(mostTellingFirst);
    return worst === undefined ? [] : [{ worst, others, folded }];
  });
}

/** Insights without those that say nothing new beside another one. */
export function withoutFolded(insights: readonly Insight[]): readonly Insight[] {
  const folded = new Set(bySubject(insights).flatMap((about) => about.folded));
  return insights.filter((each) => !folded.has(each));
}

/**
 * What is told of a table or an index because of a statement belongs to that statement. What is told of a query stays
 * with it, also where it stands at the statement that is its cause.
 */
function subjectKey({ subject, location, evidence: { sql } }: Insight): string {
  if (subject.kind === 'query' && sql !== null) return JSON.stringify([subject.kind, subject.name, sql]);
  const place = [location?.file, location?.line, sql];
  const isStatement = location !== null && sql !== null && subject.kind !== 'query';
  return JSON.stringify(isStatement ? place : [subject.kind, subject.name, ...place]);
}

function isFolded(insight: Insight, about: readonly Insight[]): boolean {
  const { table } = insight.evidence.facts;
  return (
    limits.has(insight.rule) &&
    about.some(
      (other) =>
        !termRules.has(other.rule) && rank(other) < rank(insight) && other.evidence.facts['table'] === table,
    )
  );
}

/** Within a statement, what it does goes before the terms on which it does it, of whichever area. */
function mostTellingFirst(a: Insight, b: Insight): number {
  return rank(a) - rank(b) || Number(termRules.has(a.rule)) - Number(termRules.has(b.rule));
}

function rank({ severity }: Insight): number {
  return severities.indexOf(severity);
}
