import type { Severity } from '../model/insight.ts';
import type { Grade } from '../model/review.ts';

/** How much an insight takes from the score of a plan or a migration. */
const weights: Readonly<Record<Severity, number>> = {
  critical: 0.6,
  high: 0.35,
  medium: 0.15,
  low: 0.05,
  healthy: 0,
};

/** 100 x product(1 - weight) over the insights; 100 without any. */
export function scoreOf(insights: readonly Severity[]): number {
  const score = 100 * insights.reduce((product, severity) => product * (1 - weights[severity]), 1);
  return Math.round(score * 10) / 10;
}

const gradeFrom: readonly (readonly [Grade, number])[] = [
  ['A', 90],
  ['B', 75],
  ['C', 55],
  ['D', 35],
];

export function gradeOf(score: number): Grade {
  return gradeFrom.find(([, from]) => score >= from)?.[0] ?? 'F';
}
