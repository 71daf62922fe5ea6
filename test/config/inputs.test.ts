import { describe, expect, test } from '@jest/globals';
import { actionManifest, actionTable } from '../../scripts/action-table.ts';
import { inputNames, readInputs } from '../../src/config/inputs.ts';
import { CannotReview } from '../../src/model/problem.ts';

function read(given: Readonly<Record<string, string>>) {
  return readInputs((name) => given[name] ?? '');
}

describe('inputs', () => {
  test('that are empty are not given', () => {
    expect(read({ config: '', migrations: '  ' })).toEqual({
      workingDirectory: '.',
      config: null,
      migrations: null,
      layout: null,
      schema: null,
      migrateCommand: null,
      captureCommand: null,
      workload: [],
      baseWorkload: [],
      seed: null,
      statistics: null,
      base: null,
      postgres: null,
      postgresVersion: null,
      postgresImage: null,
      failOn: null,
      minScore: null,
      execute: false,
      comment: true,
      reviewComments: true,
      token: '',
    });
  });

  test('are read', () => {
    const given = {
      'working-directory': 'examples/airlines',
      workload: 'a.ndjson\n\n  b.sql\r\n',
      base: 'main',
      postgres: 'embedded',
      'postgres-version': '16',
      'postgres-image': 'postgis/postgis:16-3.5',
      'fail-on': 'never',
      'min-score': '72.5',
      comment: 'False',
      'review-comments': 'TRUE',
      'github-token': 'token',
    };
    expect(read(given)).toMatchObject({
      workingDirectory: 'examples/airlines',
      workload: ['a.ndjson', 'b.sql'],
      baseWorkload: [],
      postgres: 'embedded',
      postgresVersion: 16,
      failOn: 'never',
      minScore: 72.5,
      comment: false,
      reviewComments: true,
      token: 'token',
    });
  });

  test.each([
    ['postgres-version', '13'],
    ['postgres-version', '16.2'],
    ['postgres-version', '0x10'],
    ['min-score', '101'],
    ['min-score', 'high'],
    ['fail-on', 'severe'],
    ['comment', 'yes'],
  ])('%s cannot be %s', (name, value) => {
    expect(() => read({ [name]: value })).toThrow(`input ${name}: "${value}" is not `);
  });

  test('may hold the URL of a server, and what is neither that nor a word is not told', () => {
    expect(read({ postgres: 'postgresql://u:secret@host/db' }).postgres).toBe(
      'postgresql://u:secret@host/db',
    );
    expect(() => read({ postgres: 'mysql://u:secret@host/db' })).toThrow(
      /^input postgres: expected container, embedded or the URL of a server$/,
    );
  });

  test('that are wrong are told all at once, and none of them tells the token', () => {
    const wrong = { postgres: 'x', comment: 'x', 'min-score': 'x', 'github-token': 'secret' };
    let problems: CannotReview['problems'] = [];
    try {
      read(wrong);
    } catch (error) {
      if (error instanceof CannotReview) problems = error.problems;
    }
    expect(problems).toHaveLength(3);
    expect(JSON.stringify(problems)).not.toContain('secret');
  });

  test('are those of action.yml, and its defaults can be read', () => {
    const { inputs, runs } = actionManifest();
    expect(runs).toEqual({ using: 'node24', main: 'dist/action.js' });
    expect(Object.keys(inputs).toSorted()).toEqual(inputNames.toSorted());
    const usual = Object.entries(inputs).map(([name, { default: value = '' }]) => [name, value]);
    expect(read(Object.fromEntries(usual))).toMatchObject({ workingDirectory: '.', comment: true });
  });
});

test('the table of inputs and outputs has a line for each', () => {
  const { inputs, outputs } = actionManifest();
  const table = actionTable();
  for (const name of [...Object.keys(inputs), ...Object.keys(outputs)])
    expect(table).toContain(`| \`${name}\` |`);
  expect(table).toContain('| `true` |');
});
