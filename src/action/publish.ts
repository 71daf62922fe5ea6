import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { info, setOutput, summary } from '@actions/core';
import { annotate, planAnnotations } from '../github/annotations.ts';
import { withinSummary } from '../github/summary.ts';
import type { Review } from '../model/review.ts';
import { annotationsOf } from '../report/annotations.ts';
import { renderReport } from '../report/formats.ts';
import { nothingToReview } from '../report/markdown/comment.ts';
import { renderMarkdown } from '../report/markdown/review.ts';
import { updateComments } from './comments.ts';
import { type Destination, permalinkTo, placeInRepository } from './destination.ts';

/**
 * Publishes a finished review, first where it needs no permission: report file, outputs, job summary, annotations.
 * What GitHub refuses after that is told as a warning, and changes nothing about the verdict.
 *
 * @param review null where there was nothing to review
 */
export async function publish(review: Review | null, to: Destination): Promise<void> {
  await writeReport(review, to);
  await writeSummary(review, to);
  if (review !== null) annotateInsights(review, to);
  if (to.event.kind === 'pull request') await updateComments(review, to, to.event);
}

async function writeReport(review: Review | null, { environment }: Destination): Promise<void> {
  setOutput('verdict', review?.verdict ?? 'pass');
  setOutput('score', review?.score ?? 100);
  setOutput('insights', review?.insights.filter(({ origin }) => origin === 'introduced').length ?? 0);
  if (review === null) return;
  // A folder of its own: another step of the job may review another database.
  const folder = await mkdtemp(join(environment.temporary ?? tmpdir(), 'pg-guardrails-'));
  const path = join(folder, 'review.json');
  await writeFile(path, renderReport('json', review));
  setOutput('report-path', path);
}

async function writeSummary(review: Review | null, to: Destination): Promise<void> {
  const markdown =
    review === null
      ? `${nothingToReview}\n`
      : renderMarkdown(review, { permalink: permalinkTo(to), closing: null });
  await summary.addRaw(withinSummary(markdown)).write();
  if (review === null) info(nothingToReview);
}

function annotateInsights(review: Review, to: Destination): void {
  const { shown, hidden } = planAnnotations(
    annotationsOf(review).map(({ level, title, message, location }) => ({
      level,
      title,
      message,
      place: location === null ? null : placeInRepository(location, to),
    })),
  );
  annotate(shown);
  for (const { level, count } of hidden) info(`and ${count} more of level ${level}, all in the job summary`);
}
