import type { Suppression } from '../model/suppression.ts';
import type { Facts } from './facts.ts';
import type { Finding, Rule } from './rule.ts';
import { compareSeverity } from './severity.ts';

/** A finding, with the rule that made it and whether the change causes it. */
export interface Judgement {
  readonly rule: Rule;
  readonly finding: Finding;
  readonly origin: 'introduced' | 'existing';
  /** What lets it pass, or null. */
  readonly suppression: Suppression | null;
}

/**
 * Asks every rule about head and base. A finding is introduced if the base does not have it, or has it milder;
 * or if it is about a query that the change itself brings.
 */
export function judge(
  rules: readonly Rule[],
  head: Facts,
  base: Facts,
  isBroughtByChange: (finding: Finding) => boolean,
): readonly Judgement[] {
  return rules.flatMap((rule) => {
    const earlier = new Map([...rule.check(base)].map((finding) => [keyOf(finding), finding.severity]));
    return [...rule.check(head)].map((finding): Judgement => {
      const severityBefore = earlier.get(keyOf(finding)) ?? 'healthy';
      const isWorse = compareSeverity(finding.severity, severityBefore) > 0;
      const introduced = finding.severity !== 'healthy' && (isWorse || isBroughtByChange(finding));
      return { rule, finding, origin: introduced ? 'introduced' : 'existing', suppression: null };
    });
  });
}

function keyOf({ identity }: Finding): string {
  return identity.join('\0');
}
