import { onRelease } from '../on-release.ts';
import { type Obstacle, releaseOf } from '../release.ts';
import { causesInWords, firstStatement, obstaclesInWords, releasesInWords } from '../release-causes.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'compatibility/no-safe-order',
  title: 'Neither the migration nor the code can go first',
  message:
    'cannot be released without failures of {services}: once the migration has run, its running version fails on {broken}; until it has run, its new version fails on {early} ({reason})',
  triggeredWhen:
    'of one service, the head schema refuses a query of the running version, and the base schema one of the new version',
  impact:
    'whichever goes first, queries fail until the other has followed everywhere, and a rollback of either fails in the same way',
  remediation: [
    {
      kind: 'advice',
      title: 'Expand, then contract',
      text: '1. Leave {removed} as it is, and let this change only add what the new code needs[[: {added}]]; where both hold the same values, keep them in step with a trigger. 2. Run that migration. 3. Release {services}, and wait until no earlier version runs. 4. Remove the rest in a later change.',
    },
  ],
  core: false,
  *check(facts) {
    const stuck = (releaseOf(facts)?.services ?? []).filter(
      ({ broken, early }) => broken.length > 0 && early.length > 0 && !isToldOtherwise(broken, early),
    );
    const broken = stuck.flatMap((service) => service.broken);
    const early = stuck.flatMap((service) => service.early);
    const [first] = early;
    if (first === undefined) return;
    const figures = {
      services: releasesInWords(stuck),
      broken: obstaclesInWords(broken),
      early: obstaclesInWords(early),
      reason: first.reason,
      removed: causesInWords(broken) ?? 'what the running version uses',
      added: causesInWords(early),
    };
    yield onRelease(firstStatement(facts, broken), 'high', figures, [...broken, ...early]);
  },
});

/**
 * Whether it is all about new names, of which compatibility/renames tells, or about columns that have to be given a value,
 * of which compatibility/required-column does.
 */
function isToldOtherwise(broken: readonly Obstacle[], early: readonly Obstacle[]): boolean {
  const isRenaming = [...broken, ...early].every(({ cause }) => cause?.kind === 'renamed');
  return isRenaming || broken.every(({ cause }) => cause?.kind === 'demanded' || cause?.kind === 'tightened');
}
