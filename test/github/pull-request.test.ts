import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { applyReview, applySticky } from '../../src/github/apply.ts';
import { GitHubRefused, PullRequest } from '../../src/github/pull-request.ts';
import { FakeGitHub } from '../support/fake-github.ts';

const headSha = 'a'.repeat(40);
const path = 'migrations/0003.sql';
const diff = `diff --git a/${path} b/${path}
--- a/${path}
+++ b/${path}
@@ -1,1 +1,3 @@
 -- one
+SELECT 2;
+SELECT 3;
`;

let github: FakeGitHub;
let pull: PullRequest;

beforeEach(async () => {
  github = await FakeGitHub.start({ number: 7, headSha, diff });
  pull = await at(FakeGitHub.token);
});
afterEach(() => github[Symbol.asyncDispose]());

function at(token: string): Promise<PullRequest> {
  return PullRequest.at({ apiUrl: github.url, token, owner: 'octocat', repository: 'airlines', number: 7 });
}

async function refusal(promise: Promise<unknown>): Promise<GitHubRefused> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof GitHubRefused) return error;
  throw new Error(`not refused, but: ${error}`);
}

describe('a pull request', () => {
  afterEach(() => expect(github.violations).toEqual([]));

  test('tells who we are and where it is', async () => {
    expect(await pull.situation()).toEqual({ own: FakeGitHub.own, headSha });
    expect(await pull.diff()).toBe(diff);
  });

  test('has comments on more than one page', async () => {
    for (let index = 0; index < 230; index += 1) github.repository.addComment('octocat', `remark ${index}`);
    const comments = await pull.comments();
    expect(comments).toHaveLength(230);
    expect(comments.at(-1)).toMatchObject({ author: 'octocat', body: 'remark 229' });
    expect(github.requests).toHaveLength(3);
  });

  test('takes what was planned for the sticky comment', async () => {
    const id = github.repository.addComment(FakeGitHub.own, 'old');
    const other = github.repository.addComment(FakeGitHub.own, 'older');
    await applySticky(pull, [
      { kind: 'update', id, body: 'new' },
      { kind: 'delete', id: other },
      { kind: 'create', body: 'further' },
    ]);
    expect((await pull.comments()).map(({ body }) => body)).toEqual(['new', 'further']);
  });

  test('takes what was planned for the review comments', async () => {
    const id = github.repository.addReviewComment(FakeGitHub.own, 'old', path, 1);
    const answer = github.repository.reply('octocat', id, 'Hm.');
    const other = github.repository.addReviewComment(FakeGitHub.own, 'older', path, 1);
    const create = [
      { path, body: 'a', line: 2, side: 'RIGHT' },
      { path, body: 'b', line: 3, side: 'RIGHT', start_line: 1, start_side: 'RIGHT' },
    ] as const;
    await applyReview(
      pull,
      { create, update: [{ id, body: 'new' }], remove: [other], leftOut: 0 },
      headSha,
      'Hello.',
    );
    expect(await pull.reviewComments()).toEqual([
      { id, author: FakeGitHub.own, body: 'new', inReplyTo: null },
      { id: answer, author: 'octocat', body: 'Hm.', inReplyTo: id },
      { id: expect.any(Number), author: FakeGitHub.own, body: 'a', inReplyTo: null },
      { id: expect.any(Number), author: FakeGitHub.own, body: 'b', inReplyTo: null },
    ]);
    expect(github.repository.reviews).toEqual([{ body: 'Hello.', commitId: headSha }]);
  });

  test('with nothing new has no further review', async () => {
    await applyReview(pull, { create: [], update: [], remove: [], leftOut: 0 }, headSha, 'Hello.');
    expect(github.requests).toEqual([]);
  });

  test('refuses a whole review for one comment that is outside the diff', async () => {
    const create = [2, 9].map((line) => ({ path, body: 'a', line, side: 'RIGHT' }) as const);
    const { status, message } = await refusal(pull.createReview(headSha, 'Hello.', create));
    expect([status, message]).toEqual([422, expect.stringContaining('line must be part of the diff')]);
    expect(github.repository.reviewComments).toEqual([]);
  });

  test('refuses a review of a commit that is not its head', async () => {
    const { status } = await refusal(pull.createReview('b'.repeat(40), 'Hello.', []));
    expect(status).toBe(422);
  });

  test('refuses writes with a token that may only read', async () => {
    github.isReadOnly = true;
    const { status, message } = await refusal(pull.createComment('x'));
    expect(status).toBe(403);
    expect(message).toMatch(/^could not post the comment: Resource not accessible by integration/);
    expect(await pull.comments()).toEqual([]);
  });

  test('refuses everything without a token that it knows', async () => {
    const stranger = await at('wrong');
    expect((await refusal(stranger.situation())).status).toBe(401);
    expect((await refusal(stranger.comments())).status).toBe(401);
    expect((await refusal(at(''))).message).toBe('could not comment: there is no github-token');
  });

  test('refuses a comment that is too long', async () => {
    expect((await refusal(pull.createComment('x'.repeat(65_537)))).status).toBe(422);
  });

  test('refuses to change what is gone', async () => {
    expect((await refusal(pull.updateComment(1, 'x'))).status).toBe(404);
    expect((await refusal(pull.deleteReviewComment(1))).status).toBe(404);
  });
});

test('where nobody answers, that is a refusal too', async () => {
  const lost = await PullRequest.at({
    apiUrl: 'http://127.0.0.1:9',
    token: FakeGitHub.token,
    owner: 'octocat',
    repository: 'airlines',
    number: 7,
  });
  expect((await refusal(lost.comments())).message).toMatch(/^could not read the comments: /);
});

describe('the fake GitHub notices', () => {
  const headers = { authorization: `token ${FakeGitHub.token}` };
  const pulls = '/repos/octocat/airlines/pulls/7';

  test.each([
    ['an operation that does not exist', 'GET', '/repos/octocat/airlines/nothing', undefined],
    ['a parameter of another type', 'GET', '/repos/octocat/airlines/issues/seven/comments', undefined],
    ['a query that is not described', 'GET', `${pulls}/comments?colour=red`, undefined],
    ['a body without what it needs', 'POST', '/repos/octocat/airlines/issues/7/comments', {}],
    ['a property that is not described', 'POST', `${pulls}/reviews`, { event: 'COMMENT', mood: 'good' }],
    ['a value that is not allowed', 'POST', `${pulls}/reviews`, { event: 'SHRUG' }],
    ['a review without its body', 'POST', `${pulls}/reviews`, { comments: [{ path: 'x' }] }],
    ['another media type', 'GET', pulls, undefined],
    ['another question in GraphQL', 'POST', '/graphql', { query: '{ viewer { email } }' }],
  ])('%s', async (_, method, address, body) => {
    const request =
      body === undefined ? { method, headers } : { method, headers, body: JSON.stringify(body) };
    const { status } = await fetch(new URL(address, github.url), request);
    expect(status).toBe(422);
    expect(github.violations).not.toEqual([]);
  });
});
