import type { Severity } from '../model/insight.ts';
import type { Facts } from './facts.ts';
import type { StatementFacts } from './facts-source.ts';
import { lighter, worse } from './severity.ts';
import type { ThresholdId } from './thresholds.ts';

/**
 * Severity of keeping others from a table while a statement runs: by the most seconds that it is expected to take.
 * Worse where the requests that queue meanwhile would take every connection of the pool; milder where there is a
 * workload and nothing in it waits.
 */
export function severityOfWait(
  facts: Facts,
  id: ThresholdId,
  each: StatementFacts,
  relation: string,
): Severity {
  const seconds = facts.estimate(each)?.seconds.high ?? 0;
  const severity = facts.severity(id, seconds);
  const span = facts.lockSpan(each, relation);
  if (span === null || severity === 'healthy') return severity;
  if (span.poolExhaustedAfter !== null && span.poolExhaustedAfter < seconds) return worse(severity);
  return facts.plans.length > 0 && span.waiting.length === 0 ? lighter(severity) : severity;
}
