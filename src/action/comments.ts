import { info, warning } from '@actions/core';
import { applyReview, applySticky } from '../github/apply.ts';
import { keyOf } from '../github/environment.ts';
import type { TriggeringEvent } from '../github/event.ts';
import { commentMark, stickyMark } from '../github/markers.ts';
import { GitHubRefused, PullRequest } from '../github/pull-request.ts';
import { type InlineComment, planReview } from '../github/review-comments.ts';
import { planSticky } from '../github/sticky-comment.ts';
import { linesOfDiff } from '../model/diff.ts';
import type { Review } from '../model/review.ts';
import { insightsAtLines } from '../report/inline.ts';
import {
  renderComment,
  renderCommentsOpening,
  renderNothing,
  renderWithdrawn,
} from '../report/markdown/comment.ts';
import { renderMarkdown } from '../report/markdown/review.ts';
import { marker, type Safe } from '../report/markdown/safe.ts';
import { type Destination, permalinkTo, placeInRepository } from './destination.ts';

type PullRequestEvent = Extract<TriggeringEvent, { readonly kind: 'pull request' }>;

/** A review on its way to one pull request. */
interface Posting {
  readonly review: Review | null;
  readonly to: Destination;
  readonly headSha: string;
  readonly pull: PullRequest;
  /** Login of the account that posts. */
  readonly own: string;
  readonly key: string;
}

/** Brings the comments on the pull request up to date. What GitHub refuses becomes a warning. */
export async function updateComments(
  review: Review | null,
  to: Destination,
  event: PullRequestEvent,
): Promise<void> {
  const { environment, inputs } = to;
  if (!inputs.comment && !inputs.reviewComments) return;
  try {
    const { owner, name: repository } = environment.repository;
    const { apiUrl } = environment;
    const address = { apiUrl, token: inputs.token, owner, repository, number: event.number };
    const pull = await PullRequest.at(address);
    const now = await pull.situation();
    const posting = { review, to, headSha: event.headSha, pull, own: now.own, key: keyOfInputs(to) };
    if (inputs.comment) await updateSticky(posting);
    if (!inputs.reviewComments) return;
    // The diff, and what comments stand on, is that of the newest commit.
    if (now.headSha === event.headSha) await updateReviewComments(posting);
    else info(`no review comments: the pull request has moved on to ${now.headSha}`);
  } catch (error) {
    if (!(error instanceof GitHubRefused)) throw error;
    warning(`pg-guardrails ${error.message}. ${whatToDo(error)}The whole review is in the job summary.`);
  }
}

function whatToDo({ status }: GitHubRefused): string {
  if (status !== 401 && status !== 403 && status !== 404) return '';
  return 'Comments need `permissions: pull-requests: write`; for a fork or Dependabot, GitHub gives a token that may only read. ';
}

/** Matrix legs and steps review different databases, or on different versions: each has its own comments. */
function keyOfInputs({ environment, inputs }: Destination): string {
  const { workingDirectory, config, migrations, postgresVersion, postgresImage } = inputs;
  return keyOf(environment, [workingDirectory, config, migrations, postgresVersion, postgresImage]);
}

async function updateSticky({ review, to, headSha, pull, own, key }: Posting): Promise<void> {
  const mark = { key, run: to.environment.run, headSha };
  const closing = marker(stickyMark(mark));
  const body =
    review === null
      ? renderNothing(closing)
      : renderMarkdown(review, { permalink: permalinkTo(to), closing });
  const plan = planSticky(await pull.comments(), own, { body, mark, mayCreate: isWorthAComment(review) });
  switch (plan.kind) {
    case 'write':
      return applySticky(pull, plan.writes);
    case 'outdated':
      return info(`no comment: that of run ${plan.by.number}, attempt ${plan.by.attempt}, is newer`);
    default:
      return plan satisfies never;
  }
}

/** A change that has nothing to do with the database needs no comment, although its queries were planned. */
function isWorthAComment(review: Review | null): boolean {
  if (review === null) return false;
  const introduced = review.insights.some(({ origin }) => origin === 'introduced');
  return introduced || review.migrations.length > 0 || review.verdict === 'fail';
}

async function updateReviewComments({ review, to, headSha, pull, own, key }: Posting): Promise<void> {
  const markOf = (fingerprint: string) => marker(commentMark({ key, fingerprint }));
  const wanted = review === null ? [] : inlineComments(review, to, markOf);
  const [existing, diff] = await Promise.all([pull.reviewComments(), wanted.length === 0 ? '' : pull.diff()]);
  const plan = planReview({
    existing,
    own,
    key,
    wanted,
    lines: linesOfDiff(diff),
    withdrawn: (fingerprint) => renderWithdrawn(markOf(fingerprint)),
  });
  await applyReview(pull, plan, headSha, renderCommentsOpening());
  if (plan.leftOut > 0) info(`${plan.leftOut} insights have no review comment: see the job summary`);
}

/** What the change introduces, by statements of migrations and by the lines that send queries, where they stand. */
function inlineComments(
  review: Review,
  to: Destination,
  markOf: (fingerprint: string) => Safe,
): readonly InlineComment[] {
  return insightsAtLines(review).flatMap((insight): readonly InlineComment[] => {
    const { location, fingerprint } = insight;
    if (location === null) return [];
    const { file, line, endLine } = placeInRepository(location, to);
    const body = renderComment(insight, markOf(fingerprint), isAlone(review, location.file));
    return [{ path: file, line, endLine, body, fingerprint }];
  });
}

/** Whether a file holds one statement, so that another text can stand in its place. */
function isAlone({ migrations }: Review, file: string): boolean {
  return migrations.filter((each) => each.file === file).flatMap(({ statements }) => statements).length === 1;
}
