import { namesRule, type Suppression } from '../model/suppression.ts';
import type { Facts } from './facts.ts';
import { type Judgement, judge } from './judge.ts';
import { outcomesOf, type Reviewed } from './suppression-outcomes.ts';
import { covers, hasEnded } from './suppression-scope.ts';

/**
 * Marks what is suppressed, and adds what the rules about suppressions find. Where several suppressions are meant
 * for one finding, the first lets it pass.
 */
export function suppress(
  judgements: readonly Judgement[],
  suppressions: readonly Suppression[],
  head: Facts,
  reviewed: Reviewed,
): readonly Judgement[] {
  const { active, queries, today } = reviewed;
  const inForce = suppressions.filter((each) => !hasEnded(each, today));
  const marked = judgements.map((judgement) => {
    if (judgement.finding.severity === 'healthy') return judgement;
    const suppression = inForce.find((each) => covers(each, judgement, queries)) ?? null;
    return { ...judgement, suppression };
  });
  const outcomes = outcomesOf(suppressions, marked, reviewed);
  const aboutSuppressions = active.filter(({ id }) => namesRule('suppression/*', id));
  return [...marked, ...judge(aboutSuppressions, head.withSuppressions(outcomes), head, () => true)];
}
