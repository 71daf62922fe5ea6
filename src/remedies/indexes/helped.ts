import type { HelpedQuery } from '../../model/advice.ts';
import { isWorthwhile } from './thresholds.ts';
import type { Ask, WhatIf } from './what-if.ts';
import type { AdvisedQuery } from './workload.ts';

/** Cost of one execution of each captured query, its foreign keys' checks included, by fingerprint. */
async function costs(
  whatIf: WhatIf,
  queries: readonly AdvisedQuery[],
  { shown, hidden }: Pick<Ask, 'shown' | 'hidden'>,
): Promise<ReadonlyMap<string, number>> {
  const answers = await whatIf.ask(queries.map((query) => ({ query, shown, hidden })));
  const sums = new Map<string, number>();
  for (const [place, { query, perCall }] of queries.entries()) {
    const cost = answers[place]?.cost;
    if (cost !== undefined) sums.set(query.fingerprint, (sums.get(query.fingerprint) ?? 0) + cost * perCall);
  }
  return sums;
}

/** Queries that are notably cheaper in the one state than in the other, the most saving first. */
export async function helpedBy(
  whatIf: WhatIf,
  queries: readonly AdvisedQuery[],
  without: Pick<Ask, 'shown' | 'hidden'>,
  withIt: Pick<Ask, 'shown' | 'hidden'>,
): Promise<readonly HelpedQuery[]> {
  const [before, after] = [await costs(whatIf, queries, without), await costs(whatIf, queries, withIt)];
  const calls = new Map(queries.map(({ query }) => [query.fingerprint, query.calls]));
  return [...before]
    .flatMap(([fingerprint, cost]): readonly HelpedQuery[] => {
      const now = after.get(fingerprint) ?? cost;
      if (!isWorthwhile(cost, now)) return [];
      return [{ fingerprint, calls: calls.get(fingerprint) ?? 1, before: cost, after: now }];
    })
    .toSorted((a, b) => b.before - b.after - (a.before - a.after));
}
