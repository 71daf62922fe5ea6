import { CannotReview, problem } from '../model/problem.ts';
import { rules } from '../rules/index.ts';
import type { Rule } from '../rules/rule.ts';
import { thresholds } from '../rules/thresholds.ts';

/** All rules, a line each. */
export function listRules(): string {
  const width = Math.max(...rules.map(({ id }) => id.length));
  return rules.map((rule) => `${rule.id.padEnd(width)}  ${rule.title}${optInRemark(rule)}\n`).join('');
}

function optInRemark(rule: Rule): string {
  return rule.default === 'off' ? ' (off by default)' : '';
}

/**
 * One rule at length.
 *
 * @throws CannotReview where there is no such rule.
 */
export function explainRule(id: string): string {
  const rule = rules.find((each) => each.id === id);
  if (rule === undefined) {
    throw new CannotReview([problem(`there is no rule "${id}"`, '`pg-guardrails rules` lists them')]);
  }
  return [
    rule.id,
    rule.title,
    '',
    `Triggered when ${rule.triggeredWhen}.`,
    `Impact: ${rule.impact}.`,
    ...(rule.default === 'off' ? [`Off by default: switch it on with \`rules: { ${rule.id}: on }\`.`] : []),
    ...rule.remediation.map(({ title, text }) => `${title}: ${text}`),
    ...levelsOf(rule),
    '',
  ].join('\n');
}

function levelsOf({ id }: Rule): readonly string[] {
  const threshold = Object.entries(thresholds).find(([key]) => key === id)?.[1];
  if (threshold === undefined) return [];
  const levels = Object.entries(threshold.levels).map(
    ([severity, from]) => `${severity} from ${from.toLocaleString('en-US')}`,
  );
  return [`Severity by ${threshold.of}: ${levels.join(', ')}; ${threshold.reason}.`];
}
