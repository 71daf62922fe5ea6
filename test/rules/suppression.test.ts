import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Review } from '../../src/model/review.ts';
import { type Files, reviewProject, TestProject } from '../support/project.ts';
import { TestRepository } from '../support/repository.ts';
import { judgedVersions, TestServer } from '../support/server.ts';

const base = `CREATE TABLE customers (id bigint PRIMARY KEY, email text NOT NULL);
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint NOT NULL, note text);`;

const sizes = 'tables: { orders: { rows: 50M }, customers: { rows: 2M } }';

const build = 'migration/blocking-index-build';
const index = 'CREATE INDEX o ON orders (customer_id);';
const other = 'CREATE INDEX c ON customers (email);';

const slow = 'SELECT id FROM orders WHERE customer_id = 7';

function reviewed(review: Review | null): Review {
  if (review === null) throw new Error('there is nothing to review');
  return review;
}

/** Rules that these tests are about; what others find in their statements is another matter. */
const watched: ReadonlySet<string> = new Set([build, 'migration/migration-fails', 'query/rows-read']);

/** Insights in short, without those that were there before. */
function inShort({ insights }: Review): readonly string[] {
  return insights
    .filter(
      ({ origin, rule }) => origin !== 'existing' && (watched.has(rule) || rule.startsWith('suppression/')),
    )
    .map(({ origin, rule, location }) => `${origin} ${rule} :${location?.line}`)
    .toSorted();
}

describe.each(judgedVersions)('on PostgreSQL %i', (major) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start(major);
  });
  afterAll(() => server[Symbol.asyncDispose]());

  /** Reviews a migration that is added to the tables. */
  async function reviewOf(migration: string, config = ''): Promise<Review> {
    using project = new TestProject({
      'migrations/1_base.sql': base,
      'migrations/2_change.sql': migration,
      '.github/pg-guardrails.yml': `${sizes}\n${config}`,
    });
    const comparison = { kind: 'named', files: ['2_change.sql'] } as const;
    return reviewed(await reviewProject(server.sandbox, project.root, { comparison }));
  }

  /** Reviews a branch that adds files to the tables and to what was there earlier, with queries among them. */
  async function reviewOfBranch(files: Files, earlier: Files = {}): Promise<Review> {
    const tables = { 'migrations/1_base.sql': base, '.github/pg-guardrails.yml': sizes };
    using repository = new TestRepository({ ...tables, ...earlier });
    repository.git('checkout', '--quiet', '-b', 'topic');
    repository.commit(files);
    const comparison = { kind: 'git', base: 'main' } as const;
    const workload = ['queries.sql'];
    return reviewed(await reviewProject(server.sandbox, repository.root, { workload, comparison }));
  }

  test.each<readonly [string, string, readonly string[]]>([
    ['nothing is suppressed', index, [`introduced ${build} :1`]],
    ['before it', `-- pg-guardrails:ignore ${build} -- why\n${index}`, [`suppressed ${build} :2`]],
    [
      'in it',
      `CREATE INDEX o\n/* pg-guardrails:ignore ${build} -- why */\nON orders (id);`,
      [`suppressed ${build} :1`],
    ],
    ['behind it', `${index} -- pg-guardrails:ignore ${build} -- why`, [`suppressed ${build} :1`]],
    [
      'one of two statements',
      `-- pg-guardrails:ignore ${build} -- why\n${index}\n${other}`,
      [`introduced ${build} :3`, `suppressed ${build} :2`],
    ],
    [
      'the whole file',
      `${index}\n${other}\n-- pg-guardrails:ignore-file ${build} -- why`,
      [`suppressed ${build} :2`, `suppressed ${build} :1`],
    ],
    ['an area', `-- pg-guardrails:ignore migration/* -- why\n${index}`, [`suppressed ${build} :2`]],
    [
      'another rule',
      `-- pg-guardrails:ignore migration/table-rewrite -- why\n${index}`,
      [`introduced ${build} :2`, 'introduced suppression/unused :1'],
    ],
    [
      'without a reason',
      `-- pg-guardrails:ignore ${build}\n${index}`,
      ['introduced suppression/without-reason :1', `suppressed ${build} :2`],
    ],
    [
      'with an empty line between',
      `-- pg-guardrails:ignore ${build} -- why\n\n${index}`,
      [`introduced ${build} :3`, 'introduced suppression/unused :1'],
    ],
    [
      'in a string',
      `COMMENT ON TABLE orders IS '-- pg-guardrails:ignore ${build} -- why';\n${index}`,
      [`introduced ${build} :2`],
    ],
    [
      'a rule that does not exist',
      `-- pg-guardrails:ignore migration/blocking-index -- why\n${index}`,
      [`introduced ${build} :2`, 'introduced suppression/unknown-rule :1'],
    ],
    [
      'no rule at all',
      `-- pg-guardrails:ignore -- why\n${index}`,
      [`introduced ${build} :2`, 'introduced suppression/unknown-rule :1'],
    ],
    [
      'what was not reached',
      `SELECT 1/0;\n-- pg-guardrails:ignore ${build} -- why\n${index}`,
      ['introduced migration/migration-fails :1'],
    ],
    [
      'what fails itself',
      `-- pg-guardrails:ignore migration/table-rewrite -- why\nSELECT 1/0;`,
      ['introduced migration/migration-fails :2'],
    ],
  ])('%s', async (_, migration, expected) => {
    expect(inShort(await reviewOf(migration))).toEqual(expected.toSorted());
  });

  test('what is suppressed does not count, and says why and where', async () => {
    const counted = await reviewOf(index);
    const review = await reviewOf(`${index} -- pg-guardrails:ignore migration/* -- in the window`);
    expect(counted).toMatchObject({ verdict: 'fail', counts: { suppressed: 0 } });
    expect(review).toMatchObject({ verdict: 'pass', score: 100 });
    expect(review.counts.suppressed).toBe(counted.insights.length);
    const suppression = { reason: 'in the window', file: 'migrations/2_change.sql', line: 1 };
    const suppressed = review.insights.find(({ rule }) => rule === build);
    expect(suppressed).toMatchObject({ origin: 'suppressed', severity: 'critical', suppression });
  });

  test('the nearest rule is named', async () => {
    const review = await reviewOf(`${index} -- pg-guardrails:ignore migration/blocking-index -- x`);
    const summaries = review.insights.map(({ summary }) => summary);
    expect(summaries).toContainEqual(
      expect.stringMatching(/`migration\/blocking-index`.*nearest is migration\/blocking-index-build$/),
    );
  });

  test('a rule that is switched off leaves its suppressions in peace', async () => {
    const migration = `${index} -- pg-guardrails:ignore ${build} -- why`;
    expect(inShort(await reviewOf(migration, `rules: { ${build}: off }`))).toEqual([]);
  });

  describe('in files of queries', () => {
    const queries = `-- pg-guardrails:ignore query/rows-read -- a nightly report\n${slow};\n${slow.replace('id', 'note')};`;

    test('one query is suppressed, the other is not, and the score of its plan does not suffer', async () => {
      const review = await reviewOfBranch({ 'queries.sql': queries });
      expect(inShort(review)).toEqual(['introduced query/rows-read :3', 'suppressed query/rows-read :2']);
      const [first, second] = review.queries;
      expect(first?.checks.map(({ rule }) => rule)).not.toContain('query/rows-read');
      expect(first?.score).toBeGreaterThan(second?.score ?? 100);
    });

    test('that the change does not touch, nothing is said about suppressions', async () => {
      const text = `-- pg-guardrails:ignore query/select-star\n-- pg-guardrails:ignore query/no-such\n${queries}`;
      const unused = await reviewOfBranch({ 'queries.sql': text });
      expect(inShort(unused)).toEqual(
        expect.arrayContaining([
          'introduced suppression/unused :1',
          'introduced suppression/without-reason :1',
          'introduced suppression/unknown-rule :2',
        ]),
      );
      const untouched = await reviewOfBranch(
        { 'migrations/2_change.sql': 'SELECT 1' },
        { 'queries.sql': text },
      );
      expect(inShort(untouched)).toEqual(['suppressed query/rows-read :4']);
    });
  });

  test.each<readonly [string, string, readonly string[]]>([
    ['any place', '', [`suppressed ${build} :2`, `suppressed ${build} :1`]],
    ['a file', ', path: migrations/2_change.sql', [`suppressed ${build} :2`, `suppressed ${build} :1`]],
    ['a glob', ', path: "migrations/**"', [`suppressed ${build} :2`, `suppressed ${build} :1`]],
    ['another file', ', path: migrations/3_more.sql', [`introduced ${build} :1`, `introduced ${build} :2`]],
    ['a table', ', table: orders', [`introduced ${build} :2`, `suppressed ${build} :1`]],
    [
      'a table by its full name',
      ', table: public.orders',
      [`introduced ${build} :2`, `suppressed ${build} :1`],
    ],
    [
      'a table whose name only ends so',
      ', table: rders',
      [`introduced ${build} :1`, `introduced ${build} :2`],
    ],
    ['until a day to come', ', until: 2999-12-31', [`suppressed ${build} :2`, `suppressed ${build} :1`]],
    [
      'until a day that has passed',
      ', until: 2020-12-31',
      [`introduced ${build} :1`, `introduced ${build} :2`, 'introduced suppression/ended :3'],
    ],
    [
      'a table in a file of the change, where nothing is found',
      ', path: migrations/2_change.sql, table: payments',
      [`introduced ${build} :1`, `introduced ${build} :2`, 'introduced suppression/unused :3'],
    ],
  ])('the ignore list, for %s', async (_, conditions, expected) => {
    const config = `ignore:\n  - { rule: ${build}, reason: why${conditions} }`;
    const review = await reviewOf(`${index}\n${other}`, config);
    expect(inShort(review)).toEqual(expected.toSorted());
  });

  test('the ignore list, for a query by its name, also where it is not needed', async () => {
    const config = `ignore:
  - { rule: query/rows-read, reason: why, query: open_orders }
  - { rule: query/lost-index, reason: why, query: open_orders }
  - { rule: query/lost-index, reason: why, query: not_captured }`;
    const files = {
      'queries.sql': `-- name: open_orders\n${slow};\n${slow.replace('id', 'note')};`,
      '.github/pg-guardrails.yml': `${sizes}\n${config}`,
    };
    expect(inShort(await reviewOfBranch(files))).toEqual([
      'introduced query/rows-read :3',
      'introduced suppression/unused :4',
      'suppressed query/rows-read :2',
    ]);
  });

  test('a query that is written in two places, at either', async () => {
    const again = `${slow};\n-- pg-guardrails:ignore query/rows-read -- why\n${slow.replace('7', '8')};`;
    expect(inShort(await reviewOfBranch({ 'queries.sql': again }))).toEqual([
      'suppressed query/rows-read :1',
    ]);
  });
});
