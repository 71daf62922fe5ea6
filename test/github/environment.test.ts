import { expect, test } from '@jest/globals';
import { keyOf, readEnvironment } from '../../src/github/environment.ts';

const variables = {
  GITHUB_REPOSITORY: 'octocat/airlines',
  GITHUB_SERVER_URL: 'https://github.com',
  GITHUB_API_URL: 'https://api.github.com',
  GITHUB_SHA: 'a'.repeat(40),
  GITHUB_WORKSPACE: '/workspace',
  GITHUB_EVENT_NAME: 'push',
  GITHUB_EVENT_PATH: '/event.json',
  GITHUB_WORKFLOW: 'Database',
  GITHUB_WORKFLOW_REF: 'octocat/airlines/.github/workflows/database.yml@refs/pull/7/merge',
  GITHUB_JOB: 'review',
  GITHUB_RUN_NUMBER: '12',
  GITHUB_RUN_ATTEMPT: '2',
};

test('the environment is read', () => {
  expect(readEnvironment(variables)).toMatchObject({
    repository: { owner: 'octocat', name: 'airlines' },
    workflow: 'octocat/airlines/.github/workflows/database.yml',
    run: { number: 12, attempt: 2 },
    temporary: null,
  });
});

test('outside GitHub Actions every variable that is missing is told', () => {
  expect(() => readEnvironment({})).toThrow(/GITHUB_REPOSITORY.*GITHUB_RUN_ATTEMPT/);
});

test('a job has the same key on every ref, and jobs and databases have different ones', () => {
  const key = (changes: Readonly<Record<string, string>>, ...differing: readonly unknown[]) =>
    keyOf(readEnvironment({ ...variables, ...changes }), differing);
  const usual = key({}, '.', null);
  expect(key({ GITHUB_WORKFLOW_REF: variables.GITHUB_WORKFLOW_REF.replace('7', '8') }, '.', null)).toBe(
    usual,
  );
  const others = [key({ GITHUB_JOB: 'other' }, '.', null), key({}, 'services', null), key({}, '.', 'x')];
  expect(new Set([usual, ...others]).size).toBe(4);
});
