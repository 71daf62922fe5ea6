import type { Remediation } from '../../model/insight.ts';

/** Planner costs as they are shown. */
export function costInFigures(before: number, after: number): NonNullable<Remediation['effect']> {
  return { before: rounded(before), after: rounded(after), unit: 'planner cost' };
}

function rounded(cost: number): number {
  return cost < 10 ? Math.round(cost * 100) / 100 : Math.round(cost);
}

/** By how much costs differ that are the same but for the work of putting rows together. */
const about = 1.1;

/** Whether one query costs no more than those that it takes the place of, but for a tenth. */
export function isNoDearer(before: number, after: number): boolean {
  return after <= before * about;
}

/** What one query in place of several saves: cost, or else the ways there and back, which the planner does not count. */
export function effectOfOne(
  before: number,
  after: number,
  queries: number,
): NonNullable<Remediation['effect']> {
  return after < before ? costInFigures(before, after) : { before: queries, after: 1, unit: 'queries' };
}
