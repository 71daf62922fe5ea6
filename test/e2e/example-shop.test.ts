import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Review } from '../../src/model/review.ts';
import { CommandLine } from '../support/command-line.ts';
import type { TestPullRequest } from '../support/pull-request.ts';
import { insightOf } from '../support/scenario.ts';
import { projectWithPackages } from '../support/tools.ts';

/** The example application, as its README has it: its own tests, captured by themselves and within a review. */

const folder = join(import.meta.dirname, '..', '..', 'examples', 'shop');
const names = globSync('{.github/*,*.js,package.json,{migrations,src,test}/*}', { cwd: folder });
const files = Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));

/** The query of the loop, and where it is sent from. */
const loop = 'select "product", "quantity" from "items" where "order_id" = $1';
const lineOfLoop =
  (files['src/orders.js'] ?? '')
    .split('\n')
    .findIndex((text) => text.includes('where({ order_id: order.id })')) + 1;

let commandLine: CommandLine;
let repository: TestPullRequest;
let review: Review;
beforeAll(async () => {
  // What npm keeps in the temporary folder is its own.
  process.env['NODE_DISABLE_COMPILE_CACHE'] = '1';
  commandLine = await CommandLine.bundled('example-shop-test');
  repository = projectWithPackages(files, {
    'migrations/20260301090000_delivery.js': `export async function up(knex) {
  await knex.schema.alterTable('orders', (table) => table.timestamp('delivered_at'));
}
export async function down() {}
`,
  });
  const ended = await commandLine.run(repository.root, 'check', '--base', 'main');
  if (ended.review === null) throw new Error(ended.stderr);
  review = ended.review;
});
afterAll(() => repository[Symbol.dispose]());

test('its tests pass under capture, and what they send is written down', async () => {
  const { status, stdout } = await commandLine.start(repository.root, ['capture', '--', 'npm', 'test']).ended;
  expect(status).toBe(0);
  expect(stdout).toContain('a customer sees all orders with their items');
  const lines = readFileSync(join(repository.root, 'workload.ndjson'), 'utf8').trim().split('\n');
  const sent = lines.map((line): { readonly sql: string } => JSON.parse(line));
  expect(sent.filter(({ sql }) => sql === loop)).toHaveLength(15);
});

test('the loop over orders is found, with one query for all of them that was tried', () => {
  const found = insightOf(review, 'trace/n-plus-one');
  expect(found).toMatchObject({
    subject: { kind: 'trace', name: 'GET /customers/:id/orders' },
    severity: 'medium',
    evidence: { sql: loop, facts: { count: 15 } },
  });
  expect(found.remediation[0]).toMatchObject({
    text: expect.stringContaining('where "order_id" = ANY ($1)'),
    verified: true,
  });
});

test('the only other traces are none, and nothing of the suite or of Knex is among the queries', () => {
  const traces = review.insights.map(({ rule }) => rule).filter((rule) => rule.startsWith('trace/'));
  expect(traces).toEqual(['trace/n-plus-one']);
  const texts = review.queries
    .map(({ sql }) => sql)
    .filter((sql) => /knex_migrations|pg_catalog|truncate/i.test(sql));
  expect(texts).toEqual([]);
  expect(review.unchecked).toEqual([]);
});

test('it stands at the line that sends it', () => {
  expect(insightOf(review, 'trace/n-plus-one').location).toMatchObject({
    file: 'src/orders.js',
    line: lineOfLoop,
  });
});
