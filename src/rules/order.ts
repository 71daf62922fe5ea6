import type { Judgement } from './judge.ts';
import type { Finding, Rule } from './rule.ts';
import { compareSeverity } from './severity.ts';

/**
 * Rules about the terms on which a statement works. Beside one that is as severe and tells what the statement does,
 * they come second.
 */
export const termRules: ReadonlySet<string> = new Set([
  'migration/deploy-lock-budget',
  'migration/lock-held-across-statements',
  'migration/lock-order',
  'migration/missing-lock-timeout',
  'migration/repeated-locks',
  'migration/rewrite-headroom',
  'migration/session-limits',
  'migration/wide-lock-set',
]);

/**
 * The order in which judgements are told: what the change introduces before what existed and what is let pass, worst
 * first. Of an area, what takes longest comes first among the equally severe. The rest is by rule and subject, so that
 * the order is always the same.
 */
export function worstFirst(a: Judgement, b: Judgement): number {
  return (
    standing(a) - standing(b) ||
    compareSeverity(b.finding.severity, a.finding.severity) ||
    areaOf(a.rule).localeCompare(areaOf(b.rule), 'en') ||
    Number(termRules.has(a.rule.id)) - Number(termRules.has(b.rule.id)) ||
    secondsOf(b.finding) - secondsOf(a.finding) ||
    a.rule.id.localeCompare(b.rule.id, 'en') ||
    a.finding.subject.name.localeCompare(b.finding.subject.name, 'en')
  );
}

function standing({ origin, suppression }: Judgement): number {
  if (suppression !== null) return 2;
  return origin === 'introduced' ? 0 : 1;
}

function areaOf({ id }: Rule): string {
  return id.slice(0, id.indexOf('/'));
}

/** The most seconds that somebody is expected to wait. */
function secondsOf({ evidence: { facts } }: Finding): number {
  const { high } = facts;
  return typeof high === 'number' ? high : 0;
}
