import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Review } from '../../src/model/review.ts';
import { reviewSchema } from '../../src/model/review.ts';
import { bySubject } from '../../src/report/subjects.ts';
import { reviewProject } from '../support/project.ts';
import { TestRepository } from '../support/repository.ts';
import { TestServer, testedVersions } from '../support/server.ts';

const base = `
  CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint NOT NULL, note text);
  CREATE INDEX orders_customer ON orders (customer_id);
`;
const query = "-- name: of_customer\nSELECT id FROM orders WHERE customer_id = 5 AND note <> '';\n";

describe.each(testedVersions)('PostgreSQL %i', (major) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start(major);
  });
  afterAll(() => server[Symbol.asyncDispose]());

  async function review(change: Readonly<Record<string, string>>): Promise<Review> {
    using project = new TestRepository({
      'migrations/0001_base.sql': base,
      'queries.sql': query,
      '.github/pg-guardrails.yml': 'tables: { orders: { rows: 10M } }\n',
    });
    project.write({
      'migrations/0002_drop.sql': 'SELECT 1;\nDROP INDEX\n  orders_customer;\n',
      ...change,
    });
    const result = await reviewProject(server.sandbox, project.root, { workload: ['queries.sql'] });
    if (result === null) throw new Error('there is a change');
    return result;
  }

  test('a query that the change leaves alone stands at the statement that made it slow', async () => {
    const result = await review({});
    expect(reviewSchema.safeParse(result).error).toBeUndefined();
    const lost = result.insights.find(({ rule }) => rule === 'query/lost-index');
    expect(lost).toMatchObject({
      origin: 'introduced',
      subject: { kind: 'query', name: 'of_customer' },
      location: { file: 'migrations/0002_drop.sql', line: 2, endLine: 3 },
      evidence: { facts: { cause: 'migrations/0002_drop.sql:2', causeSql: 'DROP INDEX orders_customer' } },
    });
    expect(lost?.summary).toMatch(
      /, because of `DROP INDEX orders_customer` at `migrations\/0002_drop.sql:2`$/,
    );
    // What else is said of the query stands where the query does, and is told with it.
    const about = bySubject(result.insights).find(({ worst }) => worst === lost);
    expect(about?.others.map(({ rule }) => rule)).toContain('query/rows-read');
  });

  test('a query that is new with the change stands where it is sent from, with the same fingerprint', async () => {
    const [old, edited] = [await review({}), await review({ 'queries.sql': `\n${query}` })];
    const lost = ({ insights }: Review) => insights.find(({ rule }) => rule === 'query/lost-index');
    const shifted = await review({ 'queries.sql': query.replace('SELECT id', 'SELECT  id') });
    expect(lost(shifted)?.location?.file).toBe('queries.sql');
    expect(lost(shifted)?.fingerprint).toBe(lost(old)?.fingerprint);
    expect(lost(edited)?.fingerprint).toBe(lost(old)?.fingerprint);
  });

  test('its plans are trees, marked where they differ', async () => {
    const [found] = (await review({})).queries;
    expect(found?.base?.plan).toMatchObject({
      type: 'Bitmap Heap Scan',
      relation: 'public.orders',
      index: 'orders_customer',
      condition: '(orders.customer_id = 5)',
      mark: null,
    });
    expect(JSON.stringify(found?.head?.plan)).toMatch(/"type":"Parallel Seq Scan".*"mark":"cause"/);
    expect(found?.checks).toContainEqual({
      rule: 'query/rows-read',
      severity: 'critical',
      figure: '10,000,000',
    });
  });
});
