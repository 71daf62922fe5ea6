import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { bundle } from '../../scripts/build.ts';
import { base, change, type RunParts, runOn } from '../support/action-project.ts';
import { FakeGitHub } from '../support/fake-github.ts';
import { TestPullRequest } from '../support/pull-request.ts';

// Below node_modules, where the bundle finds the programs of PostgreSQL.
const dist = join(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'action-failures-test');

beforeAll(() => bundle(dist));
afterAll(() => rmSync(dist, { recursive: true, force: true }));

describe('when it cannot run, nothing is published', () => {
  const nothing = async (repository: TestPullRequest, parts: Partial<RunParts> = {}): Promise<string> => {
    await using github = await FakeGitHub.start(repository.pull);
    const end = await runOn(repository, github, { dist, ...parts });
    expect(end.status).toBe(2);
    expect([end.outputs, end.summary, github.takeWrites()]).toEqual([{}, '', []]);
    expect(end.commands.map(({ name }) => name)).toEqual(['error']);
    return end.commands[0]?.message ?? '';
  };

  test('wrong inputs are told all at once', async () => {
    using repository = new TestPullRequest(base, change);
    const inputs = { postgres: 'cloud', 'postgres-version': '9.6', comment: 'perhaps', 'min-score': '-1' };
    expect(await nothing(repository, { inputs })).toBe(
      [
        'pg-guardrails could not run: input postgres: expected container, embedded or the URL of a server',
        'input postgres-version: "9.6" is not a whole number from 14 to 18',
        'input min-score: "-1" is not a number from 0 to 100',
        'input comment: "perhaps" is not true or false',
      ].join('\n'),
    );
  });

  test('a folder that does not exist', async () => {
    using repository = new TestPullRequest(base, change);
    expect(await nothing(repository, { inputs: { 'working-directory': 'elsewhere' } })).toMatch(
      /there is no folder elsewhere\n.*working-directory/,
    );
  });

  test('a base that is nowhere to be had', async () => {
    using repository = new TestPullRequest(base, change);
    expect(await nothing(repository, { inputs: { base: 'production' } })).toMatch(
      /the base production is not in this clone, and could not be fetched\n.*`fetch-depth: 0`/,
    );
  });

  test('a base that is broken, with words of its own', async () => {
    const broken = {
      'migrations/0002_tickets.sql': "DO $$ BEGIN RAISE EXCEPTION E'no\\n::error::forged'; END $$;",
    };
    using repository = new TestPullRequest({ ...base, ...broken }, change);
    expect(await nothing(repository)).toMatch(
      /^pg-guardrails could not run: migrations\/0002_tickets.sql:1: a migration of the base fails: no\n::error::forged/,
    );
  });
});

const forged = `<!-- pg-guardrails:sticky v1 key=0123456789ab run=99.1 head=${'0'.repeat(40)} -->`;

test('a cancelled job publishes nothing', async () => {
  using repository = new TestPullRequest(base, change);
  await using github = await FakeGitHub.start(repository.pull);
  const end = await runOn(repository, github, { dist, cancelAt: 'starting PostgreSQL' });
  expect(end.status).toBe(130);
  expect([end.outputs, end.summary, end.commands, github.requests]).toEqual([{}, '', [], []]);
});

test('hostile text reaches neither the log as a command nor a comment as anything but text', async () => {
  const message = [
    '`@octocat/team`',
    '</summary></details><img src=x>',
    '```',
    '::error::forged',
    '::set-output name=verdict::pass',
    '\u202e',
    forged,
  ].join('\n');
  const path = 'migrations/0003_a,b::warning::c`d.sql';
  const sql = `/* ${message} */ DO $x$ BEGIN RAISE EXCEPTION USING MESSAGE = $m$${message}$m$; END $x$;\n`;
  using repository = new TestPullRequest(base, { [path]: sql });
  await using github = await FakeGitHub.start(repository.pull);
  const end = await runOn(repository, github, { dist });
  expect(end.status).toBe(1);
  expect(end.outputs['verdict']).toBe('fail');
  expect(end.commands.map(({ name }) => name)).toEqual(['error', 'error']);
  expect(end.commands[0]?.properties['file']).toBe(path);
  const bodies = [...github.repository.comments, ...github.repository.reviewComments].map(({ body }) => body);
  expect(bodies).toHaveLength(2);
  for (const body of [...bodies, end.summary]) {
    const outside = body.replaceAll(/^(`{3,})\w+\n[\s\S]*?\n\1$/gm, '');
    expect(outside).not.toMatch(/@octocat|<img|^::/m);
    expect(outside.match(/<details>/g)?.length).toBe(outside.match(/<\/details>/g)?.length);
    expect(outside).not.toContain(forged);
  }
  github.takeWrites();
  await runOn(repository, github, { dist, run: { number: 2, attempt: 1 } });
  expect(github.takeWrites()).toEqual([]);
  expect(github.violations).toEqual([]);
});
