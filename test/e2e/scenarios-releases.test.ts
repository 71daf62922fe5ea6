import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Review } from '../../src/model/review.ts';
import { CommandLine } from '../support/command-line.ts';
import { TestProject } from '../support/project.ts';
import { TestRepository } from '../support/repository.ts';
import { insightOf } from '../support/scenario.ts';

/** Failures that people have told of: the running version meets the new schema, and the new version the earlier one. */

let commandLine: CommandLine;
beforeAll(async () => {
  commandLine = await CommandLine.bundled('scenarios-releases-test');
});

const base = `CREATE TABLE customers (id bigint PRIMARY KEY, email text NOT NULL, status text NOT NULL);
  CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint NOT NULL REFERENCES customers,
    status text NOT NULL, amount int);
  CREATE INDEX orders_customer_id_idx ON orders (customer_id);
  CREATE TABLE archive (id bigint PRIMARY KEY, customer_id bigint, status text, amount int);
  CREATE TYPE mood AS ENUM ('good', 'bad');
  CREATE TABLE moods (id bigint PRIMARY KEY, mood mood NOT NULL);`;
const sizes = 'tables:\n  customers: { rows: 2M }\n  orders: { rows: 20M }\n  archive: { rows: 20M }\n';

/** What services send, by the name of each: at base, where that is captured, and at head. */
type Sent = Readonly<Record<string, readonly string[]>>;

interface Change {
  readonly change: string;
  readonly head: Sent;
  readonly atBase?: Sent;
  readonly config?: string;
}

function captured(service: string, queries: readonly string[]): string {
  return queries
    .map((sql, index) => {
      const params = [...new Set(sql.match(/\$\d/g) ?? [])].map(() => 1);
      return JSON.stringify({
        sql,
        params,
        route: `GET /${service}/${index}`,
        file: `${service}.ts`,
        line: index + 1,
      });
    })
    .join('\n');
}

/** Reviewed by the command line, as a process; with what it says at the terminal. */
async function release({ change, head, atBase = {}, config = '' }: Change) {
  const files = (sent: Sent, suffix: string) =>
    Object.entries(sent).map(([service, queries]) => ({
      path: `${service}${suffix}.ndjson`,
      name: `${service}=${service}${suffix}.ndjson`,
      text: captured(service, queries),
    }));
  const [now, before] = [files(head, ''), files(atBase, '-at-base')];
  using project = new TestProject({
    'migrations/0001_base.sql': base,
    'migrations/0002_change.sql': change,
    '.github/pg-guardrails.yml': sizes + config,
    ...Object.fromEntries([...now, ...before].map(({ path, text }) => [path, text])),
  });
  const ended = await commandLine.run(
    project.root,
    'check',
    ...['--new', '0002_change.sql', '--report', 'markdown=review.md'],
    ...['--workload', ...now.map(({ name }) => name)],
    ...(before.length === 0 ? [] : ['--base-workload', ...before.map(({ name }) => name)]),
  );
  if (ended.review === null) throw new Error(ended.stderr);
  const markdown = readFileSync(join(project.root, 'review.md'), 'utf8');
  return { review: ended.review, terminal: ended.stdout, markdown, rules: introduced(ended.review) };
}

function introduced({ insights }: Review): readonly string[] {
  return insights.filter(({ origin }) => origin === 'introduced').map(({ rule }) => rule);
}

const reads = 'SELECT id, status FROM orders WHERE customer_id = $1';
const readsWithout = 'SELECT id FROM orders WHERE customer_id = $1';

describe('scenario 10: what the running version still reads is dropped or renamed', () => {
  test('a column is dropped, which only the running version reads: the code goes first', async () => {
    const { review, terminal, rules } = await release({
      change: 'ALTER TABLE orders DROP COLUMN status;',
      atBase: { shop: [reads] },
      head: { shop: [readsWithout] },
    });
    const broken = insightOf(review, 'compatibility/breaks-query');
    expect(broken).toMatchObject({
      severity: 'critical',
      services: ['shop'],
      location: { file: 'shop.ts', line: 1 },
      evidence: { error: { sqlstate: '42703', message: 'column "status" does not exist' } },
    });
    expect(broken.summary).toContain('the running version of shop sends it, the new one does not');
    expect(broken.remediation.map(({ title }) => title)).toEqual(['Release the code first']);
    expect(review.release).toMatchObject({
      order: 'code first',
      isCompared: true,
      services: [
        { service: 'shop', order: 'code first', broken: [{ version: 'running', cause: { line: 1 } }] },
      ],
    });
    expect(terminal).toContain('Order of release: the code first, then the migrations');
    expect(terminal).toContain('Service: shop');
    expect(rules).not.toContain('compatibility/needs-migration-first');
  });

  test('another service, with a capture of its own, goes on reading it: no order helps', async () => {
    const { review } = await release({
      change: 'ALTER TABLE orders DROP COLUMN status;',
      atBase: { shop: [reads], billing: ['SELECT count(*) FROM orders WHERE status = $1'] },
      head: { shop: [readsWithout], billing: ['SELECT count(*) FROM orders WHERE status = $1'] },
    });
    const broken = review.insights.filter(({ rule }) => rule === 'compatibility/breaks-query');
    expect(broken.map(({ services }) => services)).toEqual([['billing'], ['shop']]);
    expect(broken[0]?.remediation.map(({ title }) => title)).toEqual(['Change what sends it first']);
    expect(review.release).toMatchObject({
      order: 'none',
      services: [
        { service: 'billing', order: 'none', broken: [{ version: 'both' }] },
        { service: 'shop', order: 'code first', broken: [{ version: 'running' }] },
      ],
    });
    expect(review.release?.steps).toEqual([
      'Change billing, which still sends such queries with its new version.',
      'Release billing and shop, and wait until no earlier version runs.',
      'Run the migrations.',
    ]);
  });

  test('a column is renamed, and the code with it', async () => {
    const { review, rules } = await release({
      change: 'ALTER TABLE orders RENAME COLUMN status TO state;',
      atBase: { shop: [reads] },
      head: { shop: ['SELECT id, state FROM orders WHERE customer_id = $1'] },
    });
    const broken = insightOf(review, 'compatibility/breaks-query');
    expect(broken.remediation.map(({ title }) => title)).toEqual(['Keep both columns for a while']);
    expect(broken.remediation[0]?.text).toContain('Add `state` beside `status`');
    expect(review.release).toMatchObject({
      order: 'none',
      services: [{ broken: [{ version: 'running' }], early: [{ version: 'new' }] }],
    });
    // The rename itself is told by its own rule.
    expect(rules).toContain('compatibility/renames');
    expect(rules).not.toContain('compatibility/no-safe-order');
    expect(insightOf(review, 'compatibility/renames').services).toEqual(['shop']);
  });

  test.each([
    ['renamed', 'ALTER TABLE orders RENAME TO purchases;', 'Keep the old name as a view'],
    ['dropped', 'DROP TABLE orders;', 'Release the code first'],
  ])('a table is %s', async (_, change, title) => {
    const { review } = await release({ change, atBase: { shop: [reads] }, head: { shop: ['SELECT 1'] } });
    const broken = insightOf(review, 'compatibility/breaks-query');
    expect(broken.evidence.error).toMatchObject({ sqlstate: '42P01' });
    expect(broken.remediation.map((each) => each.title)).toEqual([title]);
    expect(review.release?.order).toBe('code first');
  });

  test('with one capture, a new name is kept beside the old one', async () => {
    const change = 'ALTER TABLE orders RENAME COLUMN status TO state;';
    const { review } = await release({ change, head: { shop: [reads] } });
    expect(review.release).toMatchObject({ order: 'none', isCompared: false });
    expect(review.release?.steps[0]).toContain('Keep the column status of public.orders under the old name');
  });

  test('with one capture, nobody claims to know which version sends it', async () => {
    const { review } = await release({
      change: 'ALTER TABLE orders DROP COLUMN status;',
      head: { shop: [reads] },
    });
    expect(insightOf(review, 'compatibility/breaks-query').summary).toContain(
      'by which version is not known',
    );
    expect(review.release).toMatchObject({ order: 'code first', isCompared: false });
    expect(review.release?.steps[0]).toContain('provided that its new version no longer sends these queries');
  });
});

describe('the new version meets the earlier schema', () => {
  test('a column that it reads comes with the migration', async () => {
    const { review, terminal, rules } = await release({
      change: 'ALTER TABLE orders ADD COLUMN note text;',
      head: { shop: [reads, 'SELECT id, note FROM orders WHERE customer_id = $1'] },
    });
    const needs = insightOf(review, 'compatibility/needs-migration-first');
    expect(needs).toMatchObject({
      severity: 'low',
      services: ['shop'],
      location: { file: 'migrations/0002_change.sql', line: 1 },
    });
    expect(review.release?.order).toBe('migration first');
    expect(terminal).toContain('Order of release: the migrations first, then the code');
    expect(rules).not.toContain('compatibility/breaks-query');
  });

  test('a label that only the new version sends, as a value', async () => {
    const file = (value: string) =>
      JSON.stringify({ sql: 'SELECT id FROM moods WHERE mood = $1', params: [value] });
    using project = new TestProject({
      'migrations/0001_base.sql': base,
      'migrations/0002_change.sql': "ALTER TYPE mood ADD VALUE 'fair';",
      '.github/pg-guardrails.yml': sizes,
      'queries.ndjson': `${file('good')}\n${file('fair')}`,
    });
    const { review } = await commandLine.run(
      project.root,
      ...['check', '--new', '0002_change.sql', '--workload', 'queries.ndjson'],
    );
    if (review === null) throw new Error('no review');
    expect(review.release).toMatchObject({ order: 'migration first', services: [{ early: [{}] }] });
    expect(insightOf(review, 'compatibility/needs-migration-first').summary).toContain(
      'invalid input value for enum mood',
    );
  });

  test('one column is dropped and another takes its place: the change is to be split', async () => {
    const { review, rules } = await release({
      change: 'ALTER TABLE orders ADD COLUMN state smallint;\nALTER TABLE orders DROP COLUMN status;',
      atBase: { shop: [reads] },
      head: { shop: ['SELECT id, state FROM orders WHERE customer_id = $1'] },
    });
    const none = insightOf(review, 'compatibility/no-safe-order');
    expect(none).toMatchObject({ severity: 'high', services: ['shop'], location: { line: 2 } });
    expect(none.remediation[0]?.text).toContain('Leave the column status of public.orders as it is');
    expect(none.remediation[0]?.text).toContain('the column state of public.orders');
    const broken = insightOf(review, 'compatibility/breaks-query');
    expect(broken.remediation.map(({ title }) => title)).toEqual(['Take two changes']);
    expect(review.release?.order).toBe('none');
    expect(rules).not.toContain('compatibility/needs-migration-first');
  });

  const demanding = `ALTER TABLE orders ADD COLUMN currency text NOT NULL DEFAULT 'EUR';
    ALTER TABLE orders ALTER currency DROP DEFAULT;`;

  test('inserts that leave out a new column that is demanded: no code can go first', async () => {
    const { review } = await release({
      change: demanding,
      head: { shop: ['INSERT INTO orders (id, customer_id, status) VALUES ($1, $2, $3)'] },
    });
    expect(review.release?.order).toBe('none');
    expect(review.release?.steps[0]).toBe(
      'Give the column currency of public.orders a default, so that rows which leave it out can be inserted.',
    );
  });

  test('inserts that leave out a column that was there before: the code fills it first', async () => {
    const { review } = await release({
      change: 'ALTER TABLE orders ALTER amount SET NOT NULL;',
      atBase: { shop: ['INSERT INTO orders (id, customer_id, status) VALUES ($1, $2, $3)'] },
      head: { shop: ['INSERT INTO orders (id, customer_id, status, amount) VALUES ($1, $2, $3, $4)'] },
    });
    expect(review.release?.order).toBe('code first');
  });

  test('inserts that leave out what is demanded at one side', async () => {
    const insert = 'INSERT INTO orders (id, customer_id, status) VALUES ($1, $2, $3)';
    const { review, rules } = await release({
      change: demanding,
      atBase: { shop: [insert] },
      head: { shop: ['INSERT INTO orders (id, customer_id, status, currency) VALUES ($1, $2, $3, $4)'] },
    });
    expect(review.release).toMatchObject({ order: 'none' });
    expect(review.release?.steps[0]).toContain('a default');
    expect(rules).toContain('compatibility/required-column');
    expect(rules).not.toContain('compatibility/no-safe-order');
  });
});

test('of a migration that fails, nothing is concluded', async () => {
  const { review, rules } = await release({
    change: 'ALTER TABLE orders ADD COLUMN currency text NOT NULL;',
    head: { shop: [reads] },
  });
  expect(rules).toContain('migration/migration-fails');
  expect(review.release).toBeNull();
});

describe('scenario 11: a column is added and the application uses SELECT *', () => {
  const all = 'SELECT * FROM orders WHERE customer_id = $1';
  const change = 'ALTER TABLE orders ADD COLUMN note text;';

  test('the queries that now return another column, as a remark', async () => {
    const { review } = await release({ change, head: { shop: [all, reads], billing: [all] } });
    const shape = insightOf(review, 'compatibility/result-shape-changed');
    expect(shape).toMatchObject({
      severity: 'low',
      services: ['billing', 'shop'],
      location: { file: 'migrations/0002_change.sql', line: 1 },
    });
    expect(shape.summary).toContain('adds note of public.orders to what a captured query returns');
    expect(shape.impact).toContain('cached plan must not change result type');
    expect(review.release?.order).toBe('any');
  });

  test('a service whose driver goes by position', async () => {
    const positional = 'positional-results: [billing]\n';
    const { review } = await release({ change, head: { shop: [all], billing: [all] }, config: positional });
    expect(insightOf(review, 'compatibility/result-shape-changed')).toMatchObject({
      severity: 'high',
      evidence: { facts: { positional: 'billing' } },
    });
  });

  test('where rows are copied whole, PostgreSQL itself refuses', async () => {
    const copies = 'INSERT INTO archive SELECT * FROM orders';
    const { review } = await release({ change, head: { shop: [copies] } });
    const broken = insightOf(review, 'compatibility/breaks-query');
    expect(broken.evidence.error?.message).toBe('INSERT has more expressions than target columns');
  });

  test('two tables of a join have a column of that name from now on', async () => {
    const join = 'SELECT * FROM orders JOIN customers ON customers.id = customer_id WHERE orders.id = $1';
    const { review } = await release({
      change: 'ALTER TABLE customers ADD COLUMN amount int;',
      head: { shop: [join] },
    });
    expect(insightOf(review, 'compatibility/result-shape-changed')).toMatchObject({
      severity: 'medium',
      evidence: { facts: { homonym: 'amount' } },
    });
  });

  test('a column that is dropped or renamed is told by its own rule', async () => {
    const { rules } = await release({
      change: 'ALTER TABLE orders RENAME amount TO total;\nALTER TABLE orders DROP COLUMN status;',
      head: { shop: [all] },
    });
    expect(rules).toEqual(expect.arrayContaining(['compatibility/renames', 'migration/drops-column']));
    expect(rules).not.toContain('compatibility/result-shape-changed');
  });
});

test('scenario 22: services that are released by themselves, each in its own order', async () => {
  const { review, terminal, markdown } = await release({
    change: 'ALTER TABLE orders ADD COLUMN note text;\nALTER TABLE orders DROP COLUMN status;',
    atBase: { shop: [readsWithout], billing: [reads], reports: [readsWithout] },
    head: {
      shop: ['SELECT id, note FROM orders WHERE customer_id = $1'],
      billing: [readsWithout],
      reports: [readsWithout],
    },
  });
  expect(review.release).toMatchObject({
    order: 'by service',
    services: [
      { service: 'billing', order: 'code first' },
      { service: 'reports', order: 'any' },
      { service: 'shop', order: 'migration first' },
    ],
  });
  expect(review.release?.steps).toEqual([
    'Release billing.',
    'Wait until no earlier version of it runs, and no rollback to one is wanted.',
    'Run the migrations.',
    'Release shop.',
  ]);
  expect(insightOf(review, 'compatibility/breaks-query').services).toEqual(['billing']);
  expect(insightOf(review, 'compatibility/needs-migration-first').services).toEqual(['shop']);
  expect(insightOf(review, 'migration/drops-column').services).toEqual(['billing']);
  expect(terminal).toContain('some services before the migrations, others after them');
  expect(markdown).toContain('Order of release: some services before the migrations, others after them');
  // Whatever is about a query, or names one, says who sends it.
  for (const { subject, services, evidence } of review.insights) {
    if (subject.kind === 'query' || evidence.queries.length > 0) expect(services).not.toEqual([]);
    if (subject.kind === 'query')
      expect(markdown).toContain(` of <code>${services.join('</code>, <code>')}</code>`);
  }
  const lock = review.deploy.locks.flatMap(({ waiting }) => waiting.map(({ name }) => name));
  expect(lock).toContain('GET /billing/0 (billing, reports)');
});

test('scenario 22: the repository tells what each service sent before', async () => {
  using repository = new TestRepository({
    'migrations/0001_base.sql': base,
    '.github/pg-guardrails.yml': `${sizes}workload: [shop=shop.ndjson, billing=billing.ndjson]\n`,
    'shop.ndjson': captured('shop', [reads]),
    'billing.ndjson': captured('billing', [reads]),
  });
  repository.git('switch', '--quiet', '--create', 'change');
  repository.commit({
    'migrations/0002_change.sql':
      'ALTER TABLE orders ADD COLUMN note text;\nALTER TABLE orders DROP COLUMN status;',
    'shop.ndjson': captured('shop', ['SELECT id, note FROM orders WHERE customer_id = $1']),
  });
  const { review, stderr } = await commandLine.run(repository.root, 'check', '--base', 'main');
  if (review === null) throw new Error(stderr);
  expect(review.release).toMatchObject({
    order: 'none',
    isCompared: true,
    services: [
      { service: 'billing', order: 'none', broken: [{ version: 'both' }], early: [] },
      { service: 'shop', order: 'none', broken: [{ version: 'running' }], early: [{ version: 'new' }] },
    ],
  });
  // One query, and what each service is to do about it.
  const broken = insightOf(review, 'compatibility/breaks-query');
  expect(broken.services).toEqual(['billing', 'shop']);
  expect(broken.summary).toContain('the running and the new version of billing send it');
  expect(broken.summary).toContain('the running version of shop sends it, the new one does not');
});
