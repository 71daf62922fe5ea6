import type { Insight, Remediation } from '../../model/insight.ts';
import { bold, list, severityMarks, small } from './blocks.ts';
import { advice, errorBlock } from './insight.ts';
import { code, fence, join, md, type Safe, sentence, text } from './safe.ts';
import { servicesTold } from './services.ts';

/**
 * An insight as a comment on the lines that it is about. It says nothing that changes from one commit to the
 * next, so that a comment stays as it is while the insight does.
 *
 * @param closing the marker by which the comment is found again
 * @param isAlone whether the statement is all that its migration does
 */
export function renderComment(insight: Insight, closing: Safe, isAlone = false): string {
  const { severity, title, summary, rule, confidence, remediation } = insight;
  const inPlace = isAlone ? remediation.find(fitsInPlace) : undefined;
  const others = remediation.filter((each) => each !== inPlace);
  return blocks([
    md`${text(severityMarks[severity])} ${bold(text(title))}: ${sentence(summary)}`,
    ...errorBlock(insight),
    ...advice({ worst: { ...insight, remediation: others }, others: [], folded: [] }),
    ...(inPlace === undefined ? [] : suggestion(inPlace)),
    small(md`${code(rule)} · ${text(confidence)}${servicesTold([insight])}`),
    closing,
  ]);
}

/**
 * Whether a form that was tried can stand where the statement stands: it is one file, and tells its tool nothing,
 * which it would do in comments.
 */
function fitsInPlace({ verified, migration }: Remediation): boolean {
  const [file, ...more] = migration?.files ?? [];
  if (migration !== null && migration.alsoReplaces.length > 0) return false;
  return verified && file !== undefined && more.length === 0 && !/^\s*--/m.test(file.text);
}

/**
 * A change that can be committed with a click (GitHub documentation, "Incorporating feedback in your pull
 * request").
 */
function suggestion({ title, migration }: Remediation): readonly Safe[] {
  const remarks = migration?.advice ?? [];
  return [
    md`${bold(text(title))} (verified):`,
    ...(migration?.files ?? []).map((file) => fence(file.text.trimEnd(), 'suggestion')),
    ...(remarks.length === 0 ? [] : [list(remarks.map(sentence))]),
  ];
}

/** What a comment becomes that people have answered, when its insight is gone. */
export function renderWithdrawn(closing: Safe): string {
  return blocks([md`✅ This is no longer reported.`, closing]);
}

/** What stands above the comments that are posted together. */
export function renderCommentsOpening(): string {
  return 'Database review: what the changed statements of migrations do, and the queries that changed lines send.';
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
