import { describe, expect, test } from '@jest/globals';
import { readEvent, refusalOf } from '../../src/github/event.ts';

const head = 'a'.repeat(40);
const base = 'b'.repeat(40);

function payload(headRepository: string | null) {
  return {
    pull_request: {
      number: 7,
      head: { sha: head, repo: headRepository === null ? null : { full_name: headRepository } },
      base: { sha: base, ref: 'main' },
    },
    repository: { default_branch: 'trunk' },
  };
}

describe('an event', () => {
  test('pull_request tells the pull request', () => {
    expect(readEvent('pull_request', payload('octocat/airlines'))).toEqual({
      kind: 'pull request',
      name: 'pull_request',
      number: 7,
      headSha: head,
      headRepository: 'octocat/airlines',
      base: { kind: 'pull request', headSha: head, baseSha: base },
    });
  });

  test.each([
    ['merge_group', { merge_group: { base_sha: base } }, { kind: 'named', name: base }],
    ['push', { before: base }, { kind: 'named', name: base }],
    [
      'push',
      { before: '0'.repeat(40), repository: { default_branch: 'trunk' } },
      { kind: 'named', name: 'trunk' },
    ],
    ['workflow_dispatch', payload(null), { kind: 'named', name: 'trunk' }],
    ['schedule', {}, { kind: 'default branch' }],
    ['schedule', null, { kind: 'default branch' }],
  ])('%s has no pull request, and a base', (name, given, expected) => {
    expect(readEvent(name, given)).toEqual({ kind: 'commits', name, base: expected });
  });

  test.each([
    ['pull_request', {}],
    ['pull_request', { pull_request: { ...payload('a/b').pull_request, number: 'seven' } }],
    ['push', { before: '--upload-pack=x' }],
    ['merge_group', { merge_group: {} }],
  ])('%s that is not as documented is told', (name, given) => {
    expect(() => readEvent(name, given)).toThrow(`the payload of the event ${name} is not as documented`);
  });
});

describe('with the rights of pull_request_target', () => {
  test.each([
    ['mallory/airlines', false],
    [null, false],
    ['octocat/airlines', true],
    ['Octocat/Airlines', true],
  ])('a pull request from %s: runs %s', (headRepository, runs) => {
    const event = readEvent('pull_request_target', payload(headRepository));
    expect(refusalOf(event, 'octocat/airlines') === null).toBe(runs);
  });

  test('only: without them a fork is reviewed', () => {
    const event = readEvent('pull_request', payload('mallory/airlines'));
    expect(refusalOf(event, 'octocat/airlines')).toBeNull();
  });
});
