import { createHash } from 'node:crypto';
import { type Insight, type Severity, severities } from '../model/insight.ts';
import type { Judgement } from '../rules/judge.ts';
import { fill } from './wording.ts';

/** Puts judgements into words. Checks that passed are recorded with their queries and are no insights. */
export function insightsOf(judgements: readonly Judgement[]): readonly Insight[] {
  return judgements
    .filter(({ finding }) => finding.severity !== 'healthy')
    .map(toInsight)
    .toSorted(worstFirst);
}

function toInsight({ rule, finding, origin }: Judgement): Insight {
  const { severity, confidence, subject, location, evidence, identity } = finding;
  return {
    rule: rule.id,
    severity,
    confidence,
    origin,
    fingerprint: createHash('sha1')
      .update([rule.id, ...identity].join('\0'))
      .digest('hex'),
    title: rule.title,
    summary: fill(rule.message, evidence.facts),
    location,
    subject,
    evidence,
    impact: rule.impact,
    remediation: rule.remediation.map(({ kind, title, text }) => ({
      kind,
      title,
      text: fill(text, evidence.facts),
      verified: false,
      effect: null,
    })),
  };
}

/** Introduced before existing, worst first, then by rule and subject, so that the order is always the same. */
function worstFirst(a: Insight, b: Insight): number {
  return (
    Number(a.origin !== 'introduced') - Number(b.origin !== 'introduced') ||
    rank(a.severity) - rank(b.severity) ||
    a.rule.localeCompare(b.rule, 'en') ||
    a.subject.name.localeCompare(b.subject.name, 'en')
  );
}

function rank(severity: Severity): number {
  return severities.indexOf(severity);
}
