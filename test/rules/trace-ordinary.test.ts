import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Ordinary, ordinary } from '../support/ordinary-traces.ts';
import { reviewProject } from '../support/project.ts';
import { TestRepository } from '../support/repository.ts';
import { TestServer } from '../support/server.ts';
import { shopSchema, shopSizes } from '../support/shop.ts';
import { asJsonLog, asOtlp, asRailsLog, asWorkload } from '../support/trace-formats.ts';

/** Requests, jobs and sessions of applications that do nothing wrong: no trace rule says a word. */

let server: TestServer;
beforeAll(async () => {
  server = await TestServer.start(18);
});
afterAll(() => server[Symbol.asyncDispose]());

/** What trace rules say of all of them, captured in one format. */
async function told(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  using project = new TestRepository({
    'migrations/0001_base.sql': shopSchema,
    '.github/pg-guardrails.yml': shopSizes,
  });
  project.write(files);
  const review = await reviewProject(server.sandbox, project.root, { workload: Object.keys(files) });
  if (review === null) throw new Error('there is nothing to review');
  expect(review.queries.length).toBeGreaterThan(20);
  return review.insights
    .filter(({ rule }) => rule.startsWith('trace/'))
    .map(({ rule, summary }) => `${rule}: ${summary}`);
}

test('there are thirty of them at least', () => {
  expect(new Set(ordinary.map(({ route }) => route)).size).toBeGreaterThanOrEqual(30);
});

const loop: Ordinary = {
  route: 'GET /loop',
  sent: [
    ['SELECT id FROM orders WHERE user_id = $1', [42], { rows: 20 }],
    ...Array.from(
      { length: 20 },
      (_, n) => ['SELECT product_id FROM order_items WHERE order_id = $1', [n], { rows: 3 }] as const,
    ),
  ],
};

test.each<[string, (traces: readonly Ordinary[]) => Readonly<Record<string, string>>]>([
  ['lines of a workload file', asWorkload],
  ['OpenTelemetry', asOtlp],
  ["PostgreSQL's log as JSON", asJsonLog],
])('a loop among them is told, as %s', async (_, write) => {
  const found = await told(write([...ordinary, loop]));
  expect(found).toEqual([expect.stringContaining('trace/n-plus-one: ')]);
});

describe('nothing is said of them', () => {
  test.each<[string, (traces: readonly Ordinary[]) => Readonly<Record<string, string>>]>([
    ['lines of a workload file', asWorkload],
    ['OpenTelemetry', asOtlp],
    ["PostgreSQL's log as JSON", asJsonLog],
    ['the log of Rails', asRailsLog],
  ])('as %s', async (_, write) => {
    expect(await told(write(ordinary))).toEqual([]);
  });
});
