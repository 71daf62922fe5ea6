import { expect, test } from '@jest/globals';
import { commandEnvironment } from '../../src/command/environment.ts';

const address = { host: '127.0.0.1', port: 54_321, user: 'u', password: 'p@ss/word', database: 'data base' };

test('a command finds the sandbox, and no other database', () => {
  const ours = {
    PATH: '/bin',
    PGSERVICE: 'production',
    PGHOSTADDR: '10.0.0.1',
    DATABASE_URL: 'postgres://production',
    PGHOST: 'x',
  };
  expect(commandEnvironment(ours, address)).toEqual({
    PATH: '/bin',
    DATABASE_URL: 'postgresql://u:p%40ss%2Fword@127.0.0.1:54321/data%20base',
    PGHOST: '127.0.0.1',
    PGPORT: '54321',
    PGUSER: 'u',
    PGPASSWORD: 'p@ss/word',
    PGDATABASE: 'data base',
    PGSSLMODE: 'disable',
  });
});

test('a command is told nothing that only an action is', () => {
  const ours = {
    'INPUT_GITHUB-TOKEN': 'secret',
    ACTIONS_RUNTIME_TOKEN: 'secret',
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'secret',
    STATE_x: 'secret',
    GITHUB_OUTPUT: '/file',
    GITHUB_ENV: '/file',
    GITHUB_STEP_SUMMARY: '/file',
    GITHUB_SHA: 'kept',
    RAILS_ENV: 'kept',
  };
  const told = commandEnvironment(ours, address);
  expect(Object.keys(told).filter((name) => name in ours)).toEqual(['GITHUB_SHA', 'RAILS_ENV']);
});

test('a command finds its database in variables of any name and form', () => {
  const templates = {
    DB_HOST: '{host}',
    PORT_OF_DB: '{port}',
    JDBC_URL: 'jdbc:postgresql://{host}:{port}/{database}?user={user}',
    TEST_URL: '{url}',
    OTHER: '{unknown}',
  };
  expect(commandEnvironment({ DB_HOST: 'production' }, address, null, templates)).toMatchObject({
    DB_HOST: '127.0.0.1',
    PORT_OF_DB: '54321',
    JDBC_URL: 'jdbc:postgresql://127.0.0.1:54321/data base?user=u',
    TEST_URL: 'postgresql://u:p%40ss%2Fword@127.0.0.1:54321/data%20base',
    OTHER: '{unknown}',
  });
});

test('in an action, no variable holds its token, nor one that was meant for steps', () => {
  const ours = {
    'INPUT_GITHUB-TOKEN': 'ghs_1',
    GITHUB_TOKEN: 'ghs_2',
    GH_TOKEN: 'ghs_3',
    COPY: 'ghs_1',
    CI: 'true',
  };
  const told = commandEnvironment(ours, address);
  expect(Object.keys(told).filter((name) => name in ours)).toEqual(['CI']);
  expect(commandEnvironment({ GITHUB_TOKEN: 'mine' }, address)).toHaveProperty('GITHUB_TOKEN');
});

test('a command does not find the URL of the server that somebody lends', () => {
  const url = 'postgresql://u:secret@staging/app';
  const told = commandEnvironment({ REVIEW_URL: url, OTHER: 'kept' }, address, url);
  expect(told).not.toHaveProperty('REVIEW_URL');
  expect(told['OTHER']).toBe('kept');
});
