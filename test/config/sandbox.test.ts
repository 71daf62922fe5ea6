import { describe, expect, test } from '@jest/globals';
import { resolveSandbox, sandboxOf } from '../../src/config/sandbox.ts';

const url = 'postgresql://u:secret@staging/app';
const environment = { REVIEW_URL: url, EMPTY: '' };
const nothing = { sandbox: null, serverUrl: null } as const;

describe('a sandbox is', () => {
  test.each([
    ['the usual one', {}, nothing, { sandbox: 'embedded', serverUrl: null }],
    ['that of the file', { sandbox: 'container' }, nothing, { sandbox: 'container', serverUrl: null }],
    [
      'that of the variable',
      { 'url-variable': 'REVIEW_URL' },
      nothing,
      { sandbox: 'external', serverUrl: url },
    ],
    [
      'what was given, before the file',
      { 'url-variable': 'REVIEW_URL' },
      sandboxOf('embedded'),
      { sandbox: 'embedded', serverUrl: null },
    ],
    [
      'the file’s word, before its variable',
      { sandbox: 'embedded', 'url-variable': 'REVIEW_URL' },
      nothing,
      { sandbox: 'embedded', serverUrl: null },
    ],
    ['a URL', {}, sandboxOf(url), { sandbox: 'external', serverUrl: url }],
  ] as const)('%s', (_, postgres, given, expected) => {
    expect(resolveSandbox({ postgres }, given, 'embedded', environment)).toEqual(expected);
  });

  test.each([
    [{ sandbox: 'external' }, 'an external sandbox needs the URL of its server'],
    [{ 'url-variable': 'EMPTY' }, 'the environment variable EMPTY is empty'],
    [{ 'url-variable': 'MISSING' }, 'the environment variable MISSING is empty'],
  ] as const)('none where nobody says which server: %j', (postgres, message) => {
    expect(() => resolveSandbox({ postgres }, nothing, 'embedded', environment)).toThrow(message);
  });
});

test('what is no sandbox is not told, since it may hold a password', () => {
  expect(() => sandboxOf('mysql://u:secret@x')).toThrow(/^(?!.*secret)/);
});
