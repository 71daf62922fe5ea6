import type { Evidence } from '../model/insight.ts';
import type { Check } from '../model/reviewed-query.ts';
import { fill } from './wording.ts';

/** What each check of a query measures, as templates over its evidence. */
const figures: Readonly<Record<string, string>> = {
  'query/rows-read': '{rows:count}',
  'query/rows-filtered': '{filtered:count} ({share:percent})',
  'query/rows-returned': '{rows:count}',
  'query/result-size': '{bytes:bytes}',
  'query/columns-returned': '{columns:count}',
  'query/tables-joined': '{tables:count}',
  'query/rows-sorted': '{rows:count}',
  'query/optimizer-cost': '{cost:count}',
  'query/function-on-column': '{rows:count} rows read',
  'query/like-leading-wildcard': '{rows:count} rows compared',
  'query/temporary-files': '{bytes:bytes}',
  'query/plan-regression': '{before:count} → {after:count}',
  'query/lost-index': '{before:count} → {after:count}',
};

/** The figure that a check rests on; null where it found nothing to measure. */
export function figureOf(rule: string, facts: Evidence['facts']): string | null {
  const template = figures[rule];
  if (template === undefined) return null;
  const needed = [...template.matchAll(/\{(\w+)/g)].flatMap(([, name]) => name ?? []);
  return needed.every((name) => (facts[name] ?? null) !== null) ? fill(template, facts) : null;
}

/** How a check is called in a table: `rows filtered`. */
export function checkInWords({ rule }: Check): string {
  return rule.slice(rule.indexOf('/') + 1).replaceAll('-', ' ');
}
