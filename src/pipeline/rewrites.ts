import type { Unchecked } from '../model/review.ts';
import type { Sandbox } from '../model/server.ts';
import type { PlannedQuery } from '../plans/examine.ts';
import type { Attached } from '../remedies/attach.ts';
import { attachRewrites } from '../remedies/rewrites/attach.ts';
import { rewriteQueries } from '../remedies/rewrites/rewrites.ts';
import type { Judgement } from '../rules/judge.ts';
import { querySubject } from '../rules/on-plan.ts';
import type { Head } from './head.ts';
import { type PlannedState, twinOf } from './plans.ts';

/** Queries that are tried in other forms at most: the costliest. */
const mostQueries = 100;

/** Which findings other forms of queries answer. */
export interface TriedRewrites {
  readonly attached: Attached;
  readonly unchecked: readonly Unchecked[];
}

/**
 * Writes queries that something is said against in other forms, tries them on the twin of head and on rows, and tells
 * which findings they answer.
 */
export async function tryRewrites(
  sandbox: Sandbox,
  head: Head,
  planned: PlannedState,
  judgements: readonly Judgement[],
  now: () => number,
): Promise<TriedRewrites> {
  const open = judgements.filter(
    ({ rule, finding, suppression }) =>
      rule.id.startsWith('query/') && finding.severity !== 'healthy' && suppression === null,
  );
  const { planned: plans } = planned.examination;
  const queryOf = ({ finding }: Judgement): PlannedQuery | null =>
    finding.identity.flatMap((part) => plans.get(part) ?? [])[0] ?? null;
  const queries = [...new Set(open.flatMap((judgement) => queryOf(judgement) ?? []))]
    .toSorted((a, b) => b.measures.cost - a.measures.cost)
    .slice(0, mostQueries);
  if (queries.length === 0) return { attached: new Map(), unchecked: [] };
  const { rewrites, unreached } = await rewriteQueries({
    sandbox,
    catalogue: head.state.catalogue,
    schema: head.state.name,
    twin: twinOf(head.state),
    database: 'rewrites',
    queries,
    now,
  });
  return {
    attached: attachRewrites(open, rewrites, (judgement) => queryOf(judgement)?.query.fingerprint ?? null),
    unchecked: unreached.map(({ query }) => ({
      subject: querySubject(query).name,
      reason: 'there was no time left to try it in other forms',
    })),
  };
}
