import type { Confidence, Evidence } from '../model/insight.ts';
import type { Suppression } from '../model/suppression.ts';
import { evidence, type Finding } from './rule.ts';

/** A finding about a suppression, where it is written. It is never worse than low: nothing is broken by it. */
export function onSuppression(
  { rule, reason, location: { file, line } }: Suppression,
  confidence: Confidence,
  figures: Evidence['facts'] = {},
): Finding {
  // In a sentence, a name that is missing would be an empty pair of quotes.
  const name = rule === '' ? '(no name)' : rule;
  return {
    severity: 'low',
    confidence,
    subject: { kind: 'suppression', name },
    location: { file, line, endLine: line },
    evidence: evidence({ facts: { rule: name, ...figures } }),
    identity: [file, rule, reason ?? ''],
  };
}
