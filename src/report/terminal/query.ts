import type { Severity } from '../../model/insight.ts';
import type { ReviewedQuery } from '../../model/reviewed-query.ts';
import { compareSeverity } from '../../rules/severity.ts';
import { checkInWords } from '../checks.ts';
import { plural } from '../wording.ts';
import { type Colors, paragraph } from './layout.ts';
import { planTree } from './plan.ts';

/** What is shown of a query that there is something to say about: its plan if that changed, and what it was looked at for. */
export function queryBlocks(
  query: ReviewedQuery,
  worst: Severity,
  colors: Colors,
  width: number,
  indent: number,
): readonly string[] {
  const { head, difference } = query;
  const plan = head?.plan ?? null;
  const isChanged = difference !== null && difference.changes.length > 0;
  return [
    ...(plan === null || !isChanged ? [] : [planTree(plan, colors, width, indent)]),
    ...(compareSeverity(worst, 'low') > 0 ? checksLine(query, colors, width, indent) : []),
  ];
}

/** Checks that found something with their figures, and how many are healthy. */
function checksLine(
  { head, checks }: ReviewedQuery,
  colors: Colors,
  width: number,
  indent: number,
): readonly string[] {
  // Where it has no plan, nothing could be looked at.
  if (head === null || checks.length === 0) return [];
  const found = checks
    .filter(({ severity }) => severity !== 'healthy')
    .toSorted((a, b) => compareSeverity(b.severity, a.severity))
    .map(
      (check) =>
        `${checkInWords(check)}${check.figure === null ? '' : ` ${check.figure}`} (${check.severity})`,
    );
  const healthy = checks.length - found.length;
  const words = [...found, ...(healthy === 0 ? [] : [`${plural(healthy, 'check')} healthy`])];
  return [paragraph(colors, colors.dim(`Looked at: ${words.join(', ')}`), width, indent)];
}
