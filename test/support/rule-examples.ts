import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { rules } from '../../src/rules/index.ts';
import { readExample, runExample } from './examples.ts';
import { judgedVersions, TestServer } from './server.ts';

/** What is a remark by nature: style, and what is only to be kept in mind. All else must be worth a reader's time. */
const remarks: ReadonlySet<string> = new Set([
  'compatibility/needs-migration-first',
  'compatibility/result-shape-changed',
  'migration/adds-trigger',
  'migration/missing-lock-timeout',
  'migration/sequence-rewrite',
  'migration/session-limits',
  'query/insert-without-columns',
  'query/limit-without-order',
  'query/select-star',
  'schema/column-type',
  'schema/extension',
  'schema/foreign-key-action',
  'schema/identifier-too-long',
  'schema/index-type',
  'schema/json-column',
  'suppression/ended',
  'suppression/unknown-rule',
  'suppression/unused',
  'suppression/without-reason',
]);

/** Runs the examples of all rules on one version. */
export function describeExamples(major: number): void {
  const ids = rules.map(({ id }) => id);
  describe(`examples on PostgreSQL ${major}`, () => {
    let server: TestServer;
    beforeAll(async () => {
      server = await TestServer.start(major);
    });
    afterAll(() => server[Symbol.asyncDispose]());

    test.each(ids)('%s sees its bad example', async (id) => {
      const review = await runExample(server.sandbox, readExample(id, 'bad'));
      expect(review.insights.map(({ rule }) => rule)).toContain(id);
      const worst = review.insights.find(({ rule }) => rule === id);
      expect(worst?.severity === 'low').toBe(remarks.has(id));
    });

    if (!judgedVersions.includes(major)) return;

    test.each(ids)('%s lets its good example pass', async (id) => {
      const review = await runExample(server.sandbox, readExample(id, 'good'));
      expect(review.insights.filter(({ rule }) => rule === id)).toEqual([]);
      // Statistics of an example grow old.
      const unchecked = review.unchecked.filter(({ subject }) => subject !== 'the statistics file');
      expect(unchecked.filter(({ reason }) => !reason.includes('outside a transaction'))).toEqual([]);
    });
  });
}
