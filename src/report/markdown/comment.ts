import type { Insight } from '../../model/insight.ts';
import { bold, severityMarks, small } from './blocks.ts';
import { advice, errorBlock } from './insight.ts';
import { code, join, md, type Safe, sentence, text } from './safe.ts';

/**
 * An insight as a comment on the lines that it is about. It says nothing that changes from one commit to the
 * next, so that a comment stays as it is while the insight does.
 *
 * @param closing the marker by which the comment is found again
 */
export function renderComment(insight: Insight, closing: Safe): string {
  const { severity, title, summary, rule, confidence } = insight;
  return blocks([
    md`${text(severityMarks[severity])} ${bold(text(title))}: ${sentence(summary)}`,
    ...errorBlock(insight),
    ...advice({ worst: insight, others: [], folded: [] }),
    small(md`${code(rule)} · ${text(confidence)}`),
    closing,
  ]);
}

/** What a comment becomes that people have answered, when its insight is gone. */
export function renderWithdrawn(closing: Safe): string {
  return blocks([md`✅ This is no longer reported.`, closing]);
}

/** What stands above the comments that are posted together. */
export function renderCommentsOpening(): string {
  return 'Database review: what the changed statements of migrations do.';
}

/** What the comment on a pull request becomes when there is nothing left to review. */
export function renderNothing(closing: Safe): string {
  return blocks([md`## ✅ Database review: nothing to review`, md`${text(nothingToReview)}`, closing]);
}

/** Said where a review has found nothing to look at. */
export const nothingToReview = 'The change leaves the schema as it is, and there is no workload.';

function blocks(parts: readonly Safe[]): string {
  return join(parts, '\n\n');
}
