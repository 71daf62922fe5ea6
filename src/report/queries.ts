import type { MigrationObservation } from '../model/observation.ts';
import type { Measures } from '../model/plan.ts';
import type { ReviewedQuery } from '../model/reviewed-query.ts';
import { causeOf } from '../plans/difference/cause.ts';
import { comparePlans } from '../plans/difference/comparison.ts';
import { nodesOf } from '../plans/pruned.ts';
import type { PlanFacts } from '../rules/facts-source.ts';
import { reviewedPlan } from './plans.ts';

/** Nodes that all plans in review.json have together at most: some megabytes. */
const mostNodes = 20_000;

/** Ways in which a plan differs that are told of one query at most. */
const mostChanges = 12;

/** Longest text of a statement that is told as a cause, in characters. */
const longestStatement = 200;

/** The plans of one query in both schema states; a state that refuses it has none. */
interface PlansOfQuery {
  readonly base: PlanFacts | undefined;
  readonly head: PlanFacts | undefined;
}

/** What grew most from base to head, and the statement of the change that is behind it. */
export function differenceOf(
  { base, head }: PlansOfQuery,
  migrations: readonly MigrationObservation[],
): ReviewedQuery['difference'] {
  if (base === undefined || head === undefined) return null;
  const comparison = comparePlans(base.measures, head.measures);
  if (comparison.difference === null) return null;
  const statements = migrations.flatMap(({ file, statements: list }) =>
    list.map((statement) => ({ file, statement })),
  );
  const cause = causeOf(comparison, head.query.sql, statements)?.by ?? null;
  return {
    ...comparison.difference,
    changes: comparison.changes.slice(0, mostChanges),
    cause:
      cause === null ? null : { file: cause.file, line: cause.statement.line, sql: cut(cause.statement.sql) },
  };
}

function cut(sql: string): string {
  return sql.length > longestStatement ? `${sql.slice(0, longestStatement - 1).toWellFormed()}…` : sql;
}

/** A plan in figures; its tree is added where it is worth its room. */
export function summaryOf(measures: Measures): NonNullable<ReviewedQuery['base']> {
  const { cost, rowsRead, rowsFiltered, rowsReturned, scans } = measures;
  return { cost, rowsRead, rowsFiltered, rowsReturned, scans, plan: null };
}

/**
 * Gives queries their plans: those with insights above low, and those whose plan is another one at head. The worst
 * come first where there are too many.
 */
export function withPlans(
  queries: readonly ReviewedQuery[],
  plansOf: (query: ReviewedQuery) => PlansOfQuery,
): readonly ReviewedQuery[] {
  const shown = new Map<ReviewedQuery, ReviewedQuery>();
  let left = mostNodes;
  for (const query of queries.toSorted((a, b) => a.score - b.score)) {
    const full = withPlan(query, plansOf(query));
    const nodes = [full.base?.plan, full.head?.plan].flatMap((plan) => (plan ? nodesOf(plan) : [])).length;
    if (nodes > left) continue;
    left -= nodes;
    shown.set(query, full);
  }
  return queries.map((query) => shown.get(query) ?? query);
}

function withPlan(query: ReviewedQuery, { base, head }: PlansOfQuery): ReviewedQuery {
  const comparison =
    base === undefined || head === undefined ? null : comparePlans(base.measures, head.measures);
  const isChanged = (comparison?.changes.length ?? 0) > 0;
  const isTold = query.checks.some(({ severity }) => severity !== 'healthy' && severity !== 'low');
  if (!isChanged && !isTold) return query;
  return {
    ...query,
    base:
      query.base === null || base === undefined || !isChanged
        ? query.base
        : { ...query.base, plan: reviewedPlan(base.measures) },
    head:
      query.head === null || head === undefined
        ? query.head
        : { ...query.head, plan: reviewedPlan(head.measures, comparison?.marks) },
  };
}
