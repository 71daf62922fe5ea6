import type { GitHub } from '@actions/github/lib/utils';
import { z } from 'zod';
import type { NewReviewComment, ReviewComment } from './review-comments.ts';
import type { IssueComment } from './sticky-comment.ts';

type Octokit = InstanceType<typeof GitHub>;

/** Where a pull request is, and by what right it is read and written. */
export interface PullRequestAddress {
  readonly apiUrl: string;
  readonly token: string;
  readonly owner: string;
  readonly repository: string;
  readonly number: number;
}

/** What one request may take, in milliseconds: a job that hangs is worse than a comment that is missing. */
const requestLimitMs = 30_000;

/** Items of a page; the most that GitHub gives. */
const per_page = 100;

/**
 * GitHub did not do what it was asked: no permission, no such thing, not valid, not reachable. What a review says
 * does not depend on it, so this is told as a warning.
 */
export class GitHubRefused extends Error {
  /** HTTP status; null where the answer was none of HTTP. */
  readonly status: number | null;

  constructor(what: string, status: number | null, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`could not ${what}: ${reason}`, { cause });
    this.name = 'GitHubRefused';
    this.status = status;
  }
}

const situationSchema = z.object({
  viewer: z.object({ login: z.string().min(1) }),
  repository: z.object({ pullRequest: z.object({ headRefOid: z.string() }) }),
});

/** REST has no answer to who the token of a job belongs to; GraphQL has, and tells the head along with it. */
const situationQuery = `query ($owner: String!, $repo: String!, $number: Int!) {
  viewer { login }
  repository(owner: $owner, name: $repo) { pullRequest(number: $number) { headRefOid } }
}`;

/** A pull request at GitHub: reads and writes of what we keep there, each one request or a run of pages. */
export class PullRequest {
  readonly #octokit: Octokit;
  readonly #repository: { readonly owner: string; readonly repo: string };
  readonly #number: number;

  private constructor(octokit: Octokit, { owner, repository, number }: PullRequestAddress) {
    this.#octokit = octokit;
    this.#repository = { owner, repo: repository };
    this.#number = number;
  }

  /** @throws GitHubRefused without a token. */
  static async at(address: PullRequestAddress): Promise<PullRequest> {
    if (address.token === '') throw new GitHubRefused('comment', 401, 'there is no github-token');
    // The module reads the event when it is loaded, so it is loaded when there is something to ask.
    const { GitHub, getOctokitOptions } = await import('@actions/github/lib/utils');
    const octokit = new GitHub(getOctokitOptions(address.token, { baseUrl: address.apiUrl }));
    octokit.hook.before('request', (options) => {
      options.request.signal = AbortSignal.timeout(requestLimitMs);
    });
    return new PullRequest(octokit, address);
  }

  /** Login of the account that the token acts for, and the commit that the pull request is at by now. */
  async situation(): Promise<{ readonly own: string; readonly headSha: string }> {
    const data = await asked('ask who the token belongs to', () =>
      this.#octokit.graphql(situationQuery, { ...this.#repository, number: this.#number }),
    );
    const { viewer, repository } = situationSchema.parse(data);
    return { own: viewer.login, headSha: repository.pullRequest.headRefOid };
  }

  async comments(): Promise<readonly IssueComment[]> {
    const comments = await asked('read the comments', () =>
      this.#octokit.paginate(this.#octokit.rest.issues.listComments, {
        ...this.#repository,
        issue_number: this.#number,
        per_page,
      }),
    );
    return comments.map(({ id, user, body }) => ({ id, author: user?.login ?? null, body: body ?? '' }));
  }

  async createComment(body: string): Promise<void> {
    const address = { ...this.#repository, issue_number: this.#number };
    await asked('post the comment', () => this.#octokit.rest.issues.createComment({ ...address, body }));
  }

  async updateComment(id: number, body: string): Promise<void> {
    const address = { ...this.#repository, comment_id: id };
    await asked('update the comment', () => this.#octokit.rest.issues.updateComment({ ...address, body }));
  }

  async deleteComment(id: number): Promise<void> {
    const address = { ...this.#repository, comment_id: id };
    await asked('delete a comment', () => this.#octokit.rest.issues.deleteComment(address));
  }

  /** The changes of the pull request as a unified diff; what review comments are checked against. */
  async diff(): Promise<string> {
    const { data } = await asked('read the diff', () =>
      this.#octokit.rest.pulls.get({
        ...this.#repository,
        pull_number: this.#number,
        mediaType: { format: 'diff' },
      }),
    );
    // The types know nothing of media types: with this one, GitHub answers with text.
    return z.string().parse(data);
  }

  async reviewComments(): Promise<readonly ReviewComment[]> {
    const comments = await asked('read the review comments', () =>
      this.#octokit.paginate(this.#octokit.rest.pulls.listReviewComments, {
        ...this.#repository,
        pull_number: this.#number,
        per_page,
      }),
    );
    return comments.map(({ id, user, body, in_reply_to_id }) => ({
      id,
      author: user?.login ?? null,
      body,
      inReplyTo: in_reply_to_id ?? null,
    }));
  }

  /** Posts comments as one review that neither approves nor blocks. All of them are posted, or none. */
  async createReview(headSha: string, body: string, comments: readonly NewReviewComment[]): Promise<void> {
    await asked('post review comments', () =>
      this.#octokit.rest.pulls.createReview({
        ...this.#repository,
        pull_number: this.#number,
        commit_id: headSha,
        event: 'COMMENT',
        body,
        comments: [...comments],
      }),
    );
  }

  async updateReviewComment(id: number, body: string): Promise<void> {
    const address = { ...this.#repository, comment_id: id };
    await asked('update a review comment', () =>
      this.#octokit.rest.pulls.updateReviewComment({ ...address, body }),
    );
  }

  async deleteReviewComment(id: number): Promise<void> {
    const address = { ...this.#repository, comment_id: id };
    await asked('delete a review comment', () => this.#octokit.rest.pulls.deleteReviewComment(address));
  }
}

/** @throws GitHubRefused where the request has no good answer; a defect of ours stays what it is. */
async function asked<Answer>(what: string, request: () => Promise<Answer>): Promise<Answer> {
  try {
    return await request();
  } catch (error) {
    if (error instanceof Error && 'status' in error && typeof error.status === 'number') {
      throw new GitHubRefused(what, error.status, error);
    }
    // GraphQL tells its errors in an answer of status 200.
    if (error instanceof Error && error.name === 'GraphqlResponseError') {
      throw new GitHubRefused(what, null, error);
    }
    throw error;
  }
}
