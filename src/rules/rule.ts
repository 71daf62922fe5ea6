import type { Confidence, Evidence, InsightLocation, Severity, Subject } from '../model/insight.ts';
import type { Facts } from './facts.ts';

/**
 * What a check found out about one subject; `healthy` where it looked and found nothing wrong. It carries
 * evidence, never sentences: those are the rule's, filled in with the evidence's facts.
 */
export interface Finding {
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly subject: Subject;
  readonly location: InsightLocation | null;
  readonly evidence: Evidence;
  /** What tells this finding from the rule's others, in terms that outlive edits: no lines, no costs. */
  readonly identity: readonly string[];
}

/** One way to put an insight right. `text` is a template, as the rule's message is. */
interface RemedyText {
  readonly kind: 'sql' | 'advice';
  readonly title: string;
  readonly text: string;
}

export interface Rule {
  /** `area/name`; also its file, its documentation page and the folder of its examples. */
  readonly id: string;
  readonly title: string;
  /**
   * The insight in one sentence, a template: `{fact}` stands for a fact of the evidence, `{fact:format}` for a
   * formatted one (formats in report/wording.ts).
   */
  readonly message: string;
  readonly triggeredWhen: string;
  readonly impact: string;
  readonly remediation: readonly RemedyText[];
  /** Whether it is checked for every query and recorded when healthy. */
  readonly core: boolean;
  check(facts: Facts): Iterable<Finding>;
}

/** Types a rule's definition; the file's default export. */
export function defineRule(rule: Rule): Rule {
  return rule;
}

/** Evidence with its usual parts empty. */
export function evidence(parts: Partial<Evidence> & Pick<Evidence, 'facts'>): Evidence {
  return { scans: [], error: null, sql: null, ...parts };
}
