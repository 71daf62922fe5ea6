import type { Index } from '../../model/catalogue.ts';
import type { SizedTable } from '../../statistics/tables.ts';
import { begins } from './definition.ts';
import type { Candidate, WhatIf } from './what-if.ts';
import type { AdvisedQuery } from './workload.ts';

/** How much dearer queries may become without an index that is called superfluous. */
const tolerance = 1.05;

/**
 * Indexes that are there and that a new one makes superfluous: it begins with all their keys, none of them makes values
 * unique or backs a constraint, and no captured query costs more without it, which the planner is asked.
 *
 * @param isKept whether an index is needed for something else than finding rows
 */
export async function madeSuperfluous(
  candidate: Candidate,
  table: SizedTable,
  queries: readonly AdvisedQuery[],
  chosen: readonly Candidate[],
  whatIf: WhatIf,
  isKept: (index: Index) => boolean,
): Promise<readonly Index[]> {
  const begun = table.indexes.filter(
    (index) => index.valid && !index.unique && !isKept(index) && begins(index, candidate.definition),
  );
  const reading = queries.filter(({ tables }) => tables.includes(table.name));
  const dropped: Index[] = [];
  for (const index of begun) {
    const shown = [...chosen];
    const withIt = await whatIf.ask(reading.map((query) => ({ query, shown, hidden: [] })));
    const without = await whatIf.ask(reading.map((query) => ({ query, shown, hidden: [index.oid] })));
    const isMissed = withIt.some(
      (answer, place) => answer !== null && (without[place]?.cost ?? Infinity) > answer.cost * tolerance + 1,
    );
    if (!isMissed) dropped.push(index);
  }
  return dropped;
}
