import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { bundle } from '../../scripts/build.ts';
import { base, change, mended, runOn, told } from '../support/action-project.ts';
import { runAction } from '../support/action-run.ts';
import { FakeGitHub } from '../support/fake-github.ts';
import { TestPullRequest } from '../support/pull-request.ts';

// Below node_modules, where the bundle finds the programs of PostgreSQL.
const dist = join(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'action-events-test');

beforeAll(() => bundle(dist));
afterAll(() => rmSync(dist, { recursive: true, force: true }));

test('nothing to review ends green, with a line of summary and no comment', async () => {
  using repository = new TestPullRequest(
    { ...base, '.github/pg-guardrails.yml': '' },
    { 'README.md': 'Airlines' },
  );
  await using github = await FakeGitHub.start(repository.pull);
  const end = await runOn(repository, github, { dist });
  expect(end.status).toBe(0);
  expect(end.outputs).toEqual({ verdict: 'pass', score: '100', insights: '0' });
  expect(end.summary).toBe('The change leaves the schema as it is, and there is no workload.\n');
  expect(end.commands).toEqual([]);
  expect(github.takeWrites()).toEqual([]);
  expect(github.violations).toEqual([]);
});

test('a change that does nothing to the database needs no comment, although its queries are planned', async () => {
  using repository = new TestPullRequest(base, { 'README.md': 'Airlines' });
  await using github = await FakeGitHub.start(repository.pull);
  const end = await runOn(repository, github, { dist });
  expect(end.status).toBe(0);
  expect(end.summary).toMatch(/^## ✅ Database review: pass/);
  expect(github.takeWrites()).toEqual([]);
});

test('a token that may only read makes a warning, and changes nothing about the verdict', async () => {
  using repository = new TestPullRequest(base, change);
  await using github = await FakeGitHub.start(repository.pull);
  github.isReadOnly = true;
  const payload = repository.payload('mallory/airlines');
  const end = await runOn(repository, github, { dist, event: { name: 'pull_request', payload } });
  expect(end.status).toBe(1);
  expect(end.outputs['verdict']).toBe('fail');
  const warnings = end.commands.filter(({ name }) => name === 'warning');
  expect(warnings.map(({ message }) => message)).toEqual([
    expect.stringMatching(
      /^pg-guardrails could not post the comment: Resource not accessible .*pull-requests: write.*job summary\.$/,
    ),
  ]);
  repository.push(mended);
  expect((await runOn(repository, github, { dist })).status).toBe(0);
});

test('review comments that GitHub refuses are a warning, and nothing is lost', async () => {
  using repository = new TestPullRequest(base, change);
  await using github = await FakeGitHub.start(repository.pull);
  github.servedDiff = repository.pull.diff;
  const run = () => {
    // What GitHub checks against by now: somebody was faster.
    github.repository.pull = { ...repository.pull, diff: '' };
    const event = { name: 'pull_request', payload: repository.payload() };
    return runAction({ dist, workspace: repository.root, apiUrl: github.url, event });
  };
  const end = await run();
  expect(end.commands.filter(({ name }) => name === 'warning').map(({ message }) => message)).toEqual([
    expect.stringMatching(/^pg-guardrails could not post review comments: .*must be part of the diff/),
  ]);
  expect(github.repository.comments).toHaveLength(1);
  expect(github.repository.reviewComments).toEqual([]);
  expect(end.outputs['verdict']).toBe('fail');
});

test('no review comments are posted on a commit that the pull request has left behind', async () => {
  using repository = new TestPullRequest(base, change);
  const payload = repository.payload();
  repository.push({ 'README.md': 'Airlines' });
  await using github = await FakeGitHub.start(repository.pull);
  const end = await runOn(repository, github, { dist, event: { name: 'pull_request', payload } });
  expect(end.stdout).toContain(`no review comments: the pull request has moved on to ${repository.headSha}`);
  expect(github.takeWrites().map(({ path }) => path)).toEqual(['/repos/octocat/airlines/issues/7/comments']);
});

test('what is not wanted is not posted', async () => {
  using repository = new TestPullRequest(base, change);
  await using github = await FakeGitHub.start(repository.pull);
  const inputs = { comment: 'false', 'review-comments': 'False', 'fail-on': 'never' };
  const end = await runOn(repository, github, { dist, inputs });
  expect(end.status).toBe(0);
  expect(github.requests).toEqual([]);
});

test('fork code does not run with the rights of pull_request_target', async () => {
  using repository = new TestPullRequest(base, change);
  await using github = await FakeGitHub.start(repository.pull);
  const payload = repository.payload('mallory/airlines');
  const end = await runOn(repository, github, { dist, event: { name: 'pull_request_target', payload } });
  expect(end.status).toBe(2);
  expect(end.commands.map(({ message }) => message)).toEqual([
    expect.stringMatching(/^pg-guardrails could not run: this pull request comes from mallory\/airlines/),
  ]);
  expect(end.stdout).not.toContain('starting PostgreSQL');
  expect(github.requests).toEqual([]);
  expect([end.outputs, end.summary]).toEqual([{}, '']);
});

describe('without a pull request', () => {
  test.each([
    ['push', (before: string) => ({ before, after: 'f'.repeat(40) })],
    ['merge_group', (before: string) => ({ merge_group: { base_sha: before, base_ref: 'refs/heads/main' } })],
    ['workflow_dispatch', () => ({ repository: { default_branch: 'main' } })],
  ])('%s: summary, annotations, outputs and gate', async (name, payloadOf) => {
    using repository = new TestPullRequest(base, change);
    await using github = await FakeGitHub.start(repository.pull);
    const sha = repository.git('rev-parse', 'HEAD');
    const event = { name, payload: payloadOf(repository.git('rev-parse', 'main')) };
    const end = await runOn(repository, github, { dist, event, sha });
    expect(end.status).toBe(1);
    expect(end.outputs['insights']).toBe('4');
    expect(end.summary).toContain(`/blob/${sha}/migrations/0003_status.sql#L2`);
    expect(told(end)).toHaveLength(4);
    expect(github.requests).toEqual([]);
  });
});

test('a project in a folder of the repository has its paths from the top of it', async () => {
  const inFolder = (files: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(files).map(([path, text]) => [`services/air lines/${path}`, text]));
  using repository = new TestPullRequest(inFolder(base), inFolder(change));
  await using github = await FakeGitHub.start(repository.pull);
  const end = await runOn(repository, github, {
    dist,
    inputs: { 'working-directory': 'services/air lines' },
  });
  const path = 'services/air lines/migrations/0003_status.sql';
  expect(told(end)[1]).toMatch(`error ${path}:2-3 `);
  expect(end.summary).toContain('/services/air%20lines/migrations/0003_status.sql#L2');
  expect(github.repository.reviewComments.map((comment) => comment.path)).toEqual([path, path, path]);
  expect(github.violations).toEqual([]);
});
