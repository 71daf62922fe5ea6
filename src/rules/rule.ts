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
  /** Name of a fact without which the remedy is none: where that is null, it is left out. */
  readonly needs?: string;
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
  /** Whether it is checked where the configuration does not say; what is a matter of style is not. */
  readonly default: 'on' | 'off';
  check(facts: Facts): Iterable<Finding>;
}

/** A rule as its file defines it: one that is opt-in says so. */
type RuleDefinition = Omit<Rule, 'default'> & { readonly default?: 'off' };

/** The file's default export. */
export function defineRule(definition: RuleDefinition): Rule {
  return { default: 'on', ...definition };
}

/** The rules that are checked: those that somebody switches on, or that are on and nobody switches off. */
export function activeRules(
  rules: readonly Rule[],
  switches: Readonly<Record<string, 'on' | 'off'>>,
): readonly Rule[] {
  return rules.filter((rule) => (switches[rule.id] ?? rule.default) === 'on');
}

/** Evidence with its usual parts empty. */
export function evidence(parts: Partial<Evidence> & Pick<Evidence, 'facts'>): Evidence {
  return { scans: [], error: null, sql: null, queries: [], ...parts };
}
