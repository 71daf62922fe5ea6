import type { Insight } from '../../model/insight.ts';
import type { Review } from '../../model/review.ts';
import { assumedRemark, existingRemark, settingsRemark, sizesRemark, suppressedRemark } from '../remarks.ts';
import { bySubject, queriesByInsight } from '../subjects.ts';
import { formatCount, plural } from '../wording.ts';
import { bold, severityLabel, small, table } from './blocks.ts';
import { subjectBlock, whereOf } from './insight.ts';
import type { Permalink } from './place.ts';
import { productionBlock } from './production.ts';
import { releaseBlock } from './release.ts';
import { figure, join, md, type Safe, sentence, text } from './safe.ts';

import {
  existingBlock,
  locksBlock,
  migrationsBlock,
  queriesBlock,
  suppressedBlock,
  uncheckedBlock,
  workloadBlock,
} from './sections.ts';

export interface MarkdownOptions {
  readonly permalink: Permalink;
  /** Stands at the very end, such as a marker by which a comment is found again. */
  readonly closing: Safe | null;
}

/** GitHub refuses comments of more than 65,536 characters; this leaves room for what it counts otherwise. */
export const longestComment = 60_000;

const shownInTable = 12;

/** Characters below which there is no use in drawing a plan. */
const leastPlan = 500;

/** The review as a pull request comment: verdict first, worst first, details folded, never too long. */
export function renderMarkdown(review: Review, options: MarkdownOptions): string {
  const introduced = review.insights.filter(({ origin }) => origin === 'introduced');
  const closing = [footer(review), ...(options.closing === null ? [] : [options.closing])];
  const opening = [headline(review), summary(review, introduced), overview(introduced, options.permalink)];
  const queryOf = queriesByInsight(review);
  const foldable = [
    ...releaseBlock(review).map(inOneForm),
    ...locksBlock(review).map(inOneForm),
    ...bySubject(introduced).map((about): Block => {
      const query = queryOf(about.worst);
      const short = subjectBlock(about, options.permalink, query, 'in short');
      return {
        short,
        long: () =>
          query === null ? short : subjectBlock(about, options.permalink, query, 'with its plans'),
      };
    }),
    ...[
      ...uncheckedBlock(review),
      ...migrationsBlock(review),
      ...productionBlock(review),
      ...queriesBlock(review),
      ...workloadBlock(review),
      ...existingBlock(review),
      ...suppressedBlock(review),
    ].map(inOneForm),
  ];
  return withinLimit(opening.flat(), foldable, closing);
}

/** A section without what it can spare, and with it. */
interface Block {
  readonly short: Safe;
  /** Asked for only while there is room. */
  readonly long: () => Safe;
}

function inOneForm(block: Safe): Block {
  return { short: block, long: () => block };
}

/**
 * Takes blocks, in order of importance, as long as there is room; what does not fit is counted. Plans are drawn in
 * the room that is left when everything has been said.
 */
function withinLimit(opening: readonly Safe[], blocks: readonly Block[], closing: readonly Safe[]): string {
  const omission = (count: number) =>
    count === 0 ? [] : [md`${figure(count)} more sections did not fit here; the full report has them.`];
  const length = (parts: readonly Safe[]) => join(parts, '\n\n').length + 2;
  let left = longestComment - length([...opening, ...omission(blocks.length), ...closing]);
  const taken = blocks.filter(({ short }) => {
    const fits = length([short]) <= left;
    if (fits) left -= length([short]);
    return fits;
  });
  const shown = taken.map(({ short, long }) => {
    if (left < leastPlan) return short;
    const full = long();
    const more = length([full]) - length([short]);
    if (more > left) return short;
    left -= more;
    return full;
  });
  return `${join([...opening, ...shown, ...omission(blocks.length - taken.length), ...closing], '\n\n')}\n`;
}

function headline({ verdict, score, grade }: Review): Safe {
  const mark = verdict === 'fail' ? '❌' : '✅';
  return md`## ${text(mark)} Database review: ${text(verdict)} · score ${figure(score)} · grade ${text(grade)}`;
}

function summary(review: Review, introduced: readonly Insight[]): Safe {
  const sentences = [
    ...review.reasons.map((reason) => bold(text(`${reason}.`))),
    introduced.length === 0 ? text('The change introduces no insights.') : md``,
    text(existingRemark(review)),
    text(suppressedRemark(review)),
    review.unchecked.length === 0
      ? md``
      : text(`${plural(review.unchecked.length, 'thing')} could not be checked.`),
  ];
  return join(
    sentences.filter((each) => each !== ''),
    ' ',
  );
}

/** A line for everything that the change touches, with the worst that there is to say about it. */
function overview(introduced: readonly Insight[], permalink: Permalink): readonly Safe[] {
  if (introduced.length === 0) return [];
  const subjects = bySubject(introduced);
  const rows = subjects
    .slice(0, shownInTable)
    .map(({ worst, others }) => [
      severityLabel(worst.severity),
      md`${bold(text(worst.title))}: ${sentence(worst.summary)}${others.length === 0 ? md`` : text(` (and ${others.length} more)`)}`,
      whereOf(worst, permalink),
    ]);
  const columns = [
    ['Severity', 'left'],
    ['What the change does', 'left'],
    ['Where', 'left'],
  ] as const;
  const rest = subjects.length - rows.length;
  return [table(columns, rows), ...(rest === 0 ? [] : [text(`${formatCount(rest)} more below.`)])];
}

function footer(review: Review): Safe {
  const { postgres, base } = review;
  const rest = [sizesRemark(review), assumedRemark(review), settingsRemark(review)].filter(
    (part) => part !== '',
  );
  return small(
    md`PostgreSQL ${text(postgres.version)} (${text(postgres.sandbox)}) · base: ${text(base)} · ${text(rest.join(' · '))} · score: 100 × product of (1 − weight) over introduced insights; critical .60, high .35, medium .15, low .05`,
  );
}
