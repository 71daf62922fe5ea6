import { createHash } from 'node:crypto';
import type { Insight, Remediation } from '../model/insight.ts';
import type { Attached } from '../remedies/attach.ts';
import type { Judgement } from '../rules/judge.ts';
import { worstFirst } from '../rules/order.ts';
import type { Senders } from '../rules/senders.ts';
import { queriesIn, servicesIn } from './services.ts';
import { fill } from './wording.ts';

/** Puts judgements into words. Checks that passed are recorded with their queries and are no insights. */
export function insightsOf(
  judgements: readonly Judgement[],
  remedies: Attached,
  senders: Senders,
): readonly Insight[] {
  return judgements
    .filter(({ finding }) => finding.severity !== 'healthy')
    .toSorted(worstFirst)
    .map((judgement) => toInsight(judgement, remedies.get(judgement.finding) ?? [], senders));
}

function toInsight(
  { rule, finding, origin, suppression }: Judgement,
  tried: readonly Remediation[],
  senders: Senders,
): Insight {
  const { severity, confidence, subject, location, evidence, identity } = finding;
  return {
    rule: rule.id,
    severity,
    confidence,
    origin: suppression === null ? origin : 'suppressed',
    suppression: suppression === null ? null : { reason: suppression.reason, ...suppression.location },
    fingerprint: createHash('sha1')
      .update([rule.id, ...identity].join('\0'))
      .digest('hex'),
    title: rule.title,
    summary: fill(rule.message, evidence.facts),
    location,
    subject,
    services: servicesIn(finding, senders),
    evidence: { ...evidence, queries: queriesIn(finding) },
    impact: rule.impact,
    remediation: [
      ...tried,
      ...rule.remediation
        .filter(({ needs }) => needs === undefined || (evidence.facts[needs] ?? null) !== null)
        .map(({ kind, title, text }) => ({
          kind,
          title,
          text: fill(text, evidence.facts),
          verified: false,
          effect: null,
          migration: null,
        })),
    ],
  };
}
