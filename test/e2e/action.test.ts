import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { bundle } from '../../scripts/build.ts';
import { reviewSchema } from '../../src/model/review.ts';
import { base, change, mended, runOn, told } from '../support/action-project.ts';
import { FakeGitHub } from '../support/fake-github.ts';
import { TestPullRequest } from '../support/pull-request.ts';

// Below node_modules, where the bundle finds the programs of PostgreSQL.
const dist = join(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'action-test');

beforeAll(() => bundle(dist));
afterAll(() => rmSync(dist, { recursive: true, force: true }));

describe('a pull request', () => {
  let repository: TestPullRequest;
  let github: FakeGitHub;
  let copied: readonly string[] = [];

  beforeAll(async () => {
    repository = new TestPullRequest(base, change);
    github = await FakeGitHub.start(repository.pull);
    // A conversation of more than a page.
    for (let index = 1; index <= 120; index += 1) github.repository.addComment('octocat', `remark ${index}`);
  });
  afterAll(async () => {
    repository[Symbol.dispose]();
    expect(github.violations).toEqual([]);
    await github[Symbol.asyncDispose]();
  });

  const ours = () => github.repository.comments.filter(({ author }) => author === FakeGitHub.own);

  test('is reviewed: report, outputs, summary, annotations, comment, review comments, red job', async () => {
    const end = await runOn(repository, github, { dist });
    expect(end.status).toBe(1);
    expect(end.stderr).toBe('');
    expect(reviewSchema.parse(end.report).verdict).toBe('fail');
    expect(end.outputs).toEqual({
      verdict: 'fail',
      score: '16.1',
      insights: '4',
      'report-path': expect.stringContaining('review.json'),
    });
    expect(end.summary).toMatch(/^## ❌ Database review: fail/);
    expect(told(end)).toEqual([
      'error migrations/0003_status.sql:5-5 A statement works while an earlier one keeps a table locked',
      'error migrations/0003_status.sql:2-3 An index is built while the table is locked',
      'error migrations/0003_status.sql:5-5 A table is rewritten while it is locked',
      'error',
    ]);
    expect(end.commands.at(-1)?.message).toBe(
      'Database review: fail, score 16.1: 3 introduced insights are high or worse.',
    );

    expect(ours()).toHaveLength(1);
    const [sticky] = ours();
    expect(sticky?.body).toContain(
      `/octocat/airlines/blob/${repository.headSha}/migrations/0003_status.sql#L2`,
    );
    expect(sticky?.body).toContain(`base: commit ${repository.git('rev-parse', 'main').slice(0, 10)}`);
    expect(github.repository.reviews).toEqual([
      { body: expect.stringContaining('Database review'), commitId: repository.headSha },
    ]);
    expect(
      github.repository.reviewComments.map(({ path, startLine, line }) => ({ path, startLine, line })),
    ).toEqual([
      { path: 'migrations/0003_status.sql', startLine: null, line: 5 },
      { path: 'migrations/0003_status.sql', startLine: 2, line: 3 },
      { path: 'migrations/0003_status.sql', startLine: null, line: 5 },
    ]);
  });

  test('a second run changes nothing, although somebody has copied our marks', async () => {
    const copyOf = (body: string) => body.replace(/run=\d+/, 'run=99').replace(/^.*$/m, 'Nothing to see.');
    copied = [...ours(), ...github.repository.reviewComments].map(({ body }) => copyOf(body));
    for (const body of copied) {
      github.repository.addComment('mallory', body);
      github.repository.addReviewComment('mallory', body, 'migrations/0003_status.sql', 1);
    }
    github.takeWrites();
    const end = await runOn(repository, github, { dist, run: { number: 1, attempt: 2 } });
    expect(end.status).toBe(1);
    expect(github.takeWrites()).toEqual([]);
  });

  test('when the migration is mended, the comment says so, and what was said on its lines goes', async () => {
    const [held, index, rewrite] = github.repository.reviewComments.map(({ id }) => id);
    github.repository.reply('octocat', rewrite ?? 0, 'You are right.');
    github.takeWrites();
    repository.push(mended);
    const end = await runOn(repository, github, { dist, run: { number: 2, attempt: 1 } });
    expect(end.status).toBe(0);
    expect(end.outputs['verdict']).toBe('pass');
    expect(ours().map(({ body }) => body)).toEqual([expect.stringMatching(/^## ✅ Database review: pass/)]);
    const left = github.repository.reviewComments;
    expect(left.map(({ id }) => id)).not.toContain(index);
    expect(left.map(({ id }) => id)).not.toContain(held);
    expect(left.find(({ id }) => id === rewrite)?.body).toMatch(/^✅ This is no longer reported\.\n/);
    expect(left.at(-1)?.body).toBe('You are right.');
    expect(github.takeWrites().map(({ method }) => method)).toEqual(['PATCH', 'PATCH', 'DELETE', 'DELETE']);
  });

  test('a run that comes late does not overwrite what a newer one has said', async () => {
    const [{ body } = { body: '' }] = ours();
    repository.push(change);
    const end = await runOn(repository, github, {
      dist,
      run: { number: 1, attempt: 3 },
      inputs: { 'review-comments': 'false' },
    });
    expect(end.status).toBe(1);
    expect(end.stdout).toContain('no comment: that of run 2, attempt 1, is newer');
    expect(github.takeWrites()).toEqual([]);
    expect(ours()[0]?.body).toBe(body);
  });

  test('when there is nothing left to review, the comment says so', async () => {
    repository.push({ 'README.md': 'Airlines', '.github/pg-guardrails.yml': '' }, Object.keys(change));
    const end = await runOn(repository, github, { dist, run: { number: 3, attempt: 1 } });
    expect(end.status).toBe(0);
    expect(ours().map(({ body }) => body)).toEqual([
      expect.stringMatching(/^## ✅ Database review: nothing to review/),
    ]);
  });

  test('nobody else is touched', () => {
    const others = github.repository.comments.filter(({ author }) => author !== FakeGitHub.own);
    expect(others.map(({ body }) => body)).toEqual([
      ...Array.from({ length: 120 }, (_, index) => `remark ${index + 1}`),
      ...copied,
    ]);
    const placed = github.repository.reviewComments.filter(({ author }) => author === 'mallory');
    expect(placed.map(({ body }) => body)).toEqual(copied);
  });
});
