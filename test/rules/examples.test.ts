import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { rules } from '../../src/rules/index.ts';
import { readExample, runExample } from '../support/examples.ts';
import { TestServer, testedVersions } from '../support/server.ts';

const root = join(import.meta.dirname, '..', '..');
const ids = rules.map(({ id }) => id);

/** Rules by id from the files of a folder: `query/rows-read` for `query/rows-read.ts`. */
function idsIn(folder: string, pattern: string): readonly string[] {
  return globSync(pattern, { cwd: join(root, folder) })
    .map((file) => file.replace(/\.\w+$/, ''))
    .toSorted();
}

describe('a rule is one name in five places', () => {
  test('its file', () => expect(idsIn('src/rules', '*/*.ts')).toEqual(ids.toSorted()));
  test('its documentation page', () => expect(idsIn('docs/rules', '*/*.md')).toEqual(ids.toSorted()));
  test('its examples', () => expect(idsIn('test/rules', '*/*/')).toEqual(ids.toSorted()));
  test.each(ids)('%s has a bad and a good example', (id) => {
    for (const kind of ['bad', 'good']) expect(existsSync(join(root, 'test/rules', id, kind))).toBe(true);
  });
});

describe.each(testedVersions)('examples on PostgreSQL %i', (major) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start(major);
  });
  afterAll(() => server[Symbol.asyncDispose]());

  test.each(ids)('%s sees its bad example', async (id) => {
    const review = await runExample(server.sandbox, readExample(id, 'bad'));
    expect(review.insights.map(({ rule }) => rule)).toContain(id);
    const worst = review.insights.find(({ rule }) => rule === id);
    // Selecting * is a matter of low severity; everything else must be worth a reader's time.
    if (id !== 'query/select-star') expect(['critical', 'high', 'medium']).toContain(worst?.severity);
  });

  test.each(ids)('%s lets its good example pass', async (id) => {
    const review = await runExample(server.sandbox, readExample(id, 'good'));
    expect(review.insights.filter(({ rule }) => rule === id)).toEqual([]);
    expect(review.unchecked.filter(({ reason }) => !reason.includes('outside a transaction'))).toEqual([]);
  });
});
