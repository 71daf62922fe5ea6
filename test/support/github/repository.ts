import { z } from 'zod';
import { type Answer, refusal } from './answer.ts';
import type { KnownRequest } from './description.ts';
import { rightHunks } from './hunks.ts';
import { type Definitions, sampleOf } from './sample.ts';

export interface FakePull {
  readonly number: number;
  readonly headSha: string;
  /** Unified diff from the merge base to the head. */
  readonly diff: string;
}

interface Comment {
  readonly id: number;
  readonly author: string;
  body: string;
}

interface PlacedComment extends Comment {
  readonly path: string;
  readonly line: number | null;
  readonly startLine: number | null;
  readonly inReplyTo: number | null;
}

/** What a body may hold at most; GitHub refuses more. */
const longestBody = 65_536;

const withBody = z.object({ body: z.string() });
const review = z.object({
  commit_id: z.string(),
  body: z.string().default(''),
  event: z.literal('COMMENT'),
  comments: z.array(
    z.object({
      path: z.string(),
      body: z.string(),
      line: z.number(),
      side: z.literal('RIGHT'),
      start_line: z.number().optional(),
      start_side: z.literal('RIGHT').optional(),
    }),
  ),
});

/** The state of one repository with one pull request, and what GitHub does to it. */
export class FakeRepository {
  readonly #definitions: Definitions;
  readonly #own: string;
  #ids = 1000;
  pull: FakePull;
  comments: Comment[] = [];
  reviewComments: PlacedComment[] = [];
  reviews: { readonly body: string; readonly commitId: string }[] = [];

  constructor(definitions: Definitions, own: string, pull: FakePull) {
    this.#definitions = definitions;
    this.#own = own;
    this.pull = pull;
  }

  /** Somebody else comments. */
  addComment(author: string, body: string): number {
    const id = this.#nextId();
    this.comments.push({ id, author, body });
    return id;
  }

  /** Somebody comments on a line. */
  addReviewComment(author: string, body: string, path: string, line: number): number {
    const id = this.#nextId();
    this.reviewComments.push({ id, author, body, path, line, startLine: null, inReplyTo: null });
    return id;
  }

  reply(author: string, to: number, body: string): number {
    const id = this.#nextId();
    this.reviewComments.push({ id, author, body, path: '', line: null, startLine: null, inReplyTo: to });
    return id;
  }

  answer({ operationId, parameters, body }: KnownRequest): Answer {
    const id = Number(parameters['comment_id']);
    if ((parameters['issue_number'] ?? parameters['pull_number'] ?? this.pull.number) !== this.pull.number) {
      return refusal(404, 'Not Found');
    }
    switch (operationId) {
      case 'issues/list-comments':
        return { status: 200, body: this.comments.map((each) => this.#issueComment(each)) };
      case 'issues/create-comment':
        return this.#write(body, (text) => {
          this.addComment(this.#own, text);
          return { status: 201, body: this.#issueComment(this.comments.at(-1)) };
        });
      case 'issues/update-comment':
        return this.#edit(this.comments, id, body, (comment) => this.#issueComment(comment));
      case 'issues/delete-comment':
        return this.#remove('comments', id);
      case 'pulls/list-review-comments':
        return { status: 200, body: this.reviewComments.map((each) => this.#reviewComment(each)) };
      case 'pulls/create-review':
        return this.#review(review.parse(body));
      case 'pulls/update-review-comment':
        return this.#edit(this.reviewComments, id, body, (comment) => this.#reviewComment(comment));
      case 'pulls/delete-review-comment':
        return this.#remove('reviewComments', id);
      default:
        throw new Error(`the fake has no ${operationId}`);
    }
  }

  #nextId(): number {
    this.#ids += 1;
    return this.#ids;
  }

  #write(body: unknown, then: (text: string) => Answer): Answer {
    const { body: text } = withBody.parse(body);
    return text.length > longestBody
      ? refusal(422, 'Validation Failed', [
          { code: 'unprocessable', message: `Body is too long (maximum is ${longestBody} characters)` },
        ])
      : then(text);
  }

  #edit<Kind extends Comment>(
    list: readonly Kind[],
    id: number,
    body: unknown,
    show: (comment: Kind) => unknown,
  ): Answer {
    const comment = list.find((each) => each.id === id);
    if (comment === undefined) return refusal(404, 'Not Found');
    return this.#write(body, (text) => {
      comment.body = text;
      return { status: 200, body: show(comment) };
    });
  }

  #remove(list: 'comments' | 'reviewComments', id: number): Answer {
    if (!this[list].some((each) => each.id === id)) return refusal(404, 'Not Found');
    if (list === 'comments') this.comments = this.comments.filter((each) => each.id !== id);
    else this.reviewComments = this.reviewComments.filter((each) => each.id !== id);
    return { status: 204 };
  }

  /** All comments are posted, or none. */
  #review({ commit_id, body, comments }: z.infer<typeof review>): Answer {
    const hunks = rightHunks(this.pull.diff);
    const errors = comments.flatMap(({ path, line, start_line = line, body: text }) => {
      const hunk = hunks.get(path)?.find((lines) => lines.has(line));
      if (text.length > longestBody) return ['Body is too long'];
      if (hunk === undefined) return ['Pull request review thread line must be part of the diff'];
      if (start_line > line) return ['Pull request review thread start line must precede the end line.'];
      return hunk.has(start_line)
        ? []
        : ['Pull request review thread start line must be part of the same hunk as the line.'];
    });
    const isOfPull = commit_id === this.pull.headSha;
    if (!isOfPull) errors.push('commit_id is not part of the pull request');
    if (comments.some(({ line, start_line }) => start_line === line)) errors.push('start line must precede');
    if (errors.length > 0) return refusal(422, 'Unprocessable Entity', [errors.join(', and ')]);
    this.reviews.push({ body, commitId: commit_id });
    for (const { path, line, start_line, body: text } of comments) {
      const id = this.#nextId();
      const startLine = start_line ?? null;
      this.reviewComments.push({ id, author: this.#own, body: text, path, line, startLine, inReplyTo: null });
    }
    const author = this.#account(this.#own);
    return { status: 200, body: this.#sample('pull-request-review', { user: author, body, commit_id }) };
  }

  #issueComment(comment: Comment | undefined): unknown {
    const { id, author, body } = comment ?? { id: 0, author: '', body: '' };
    return this.#sample('issue-comment', { id, body, user: this.#account(author) });
  }

  #reviewComment({ id, author, body, path, line, startLine, inReplyTo }: PlacedComment): unknown {
    return this.#sample('pull-request-review-comment', {
      ...{ id, body, path, user: this.#account(author), commit_id: this.pull.headSha, side: 'RIGHT' },
      ...(line === null ? {} : { line, start_line: startLine }),
      ...(inReplyTo === null ? {} : { in_reply_to_id: inReplyTo }),
    });
  }

  #account(login: string): unknown {
    const type = login.endsWith('[bot]') ? 'Bot' : 'User';
    return this.#sample('simple-user', { login, type });
  }

  #sample(name: string, properties: Readonly<Record<string, unknown>>) {
    return sampleOf(name, this.#definitions, properties);
  }
}
