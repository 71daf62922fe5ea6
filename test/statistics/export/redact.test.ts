import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readJson } from '../../../src/statistics/file/json.ts';
import { exportedText, ProductionServer, reader } from '../../support/production.ts';
import { testedVersions } from '../../support/server.ts';
import { schema, secretsOf, statements } from './secrets.ts';

describe.each(testedVersions)('a redacted export of PostgreSQL %s', (major) => {
  let server: ProductionServer;
  let open: string;
  let redacted: string;
  let kept: string;
  beforeAll(async () => {
    server = await ProductionServer.start(major);
    const database = await server.server.database(schema);
    await server.asSuperuser(
      database,
      'CREATE SCHEMA monitoring; CREATE EXTENSION pg_stat_statements SCHEMA monitoring;',
    );
    await using session = await server.server.sandbox.connect(database, 'owner');
    for (const statement of statements) await session.script(statement);
    const url = await server.urlFor(database, ...reader);
    await server.asSuperuser(database, 'GRANT USAGE ON SCHEMA monitoring TO pg_monitor');
    open = await exportedText(url);
    redacted = await exportedText(url, { redact: true });
    await using superuser = await server.server.sandbox.connect(database, 'superuser');
    const rows = await superuser.query('SELECT query FROM monitoring.pg_stat_statements');
    kept = rows.map(({ query }) => String(query)).join('\n');
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
  });

  test('holds no value of any type, while one that is not redacted holds them', () => {
    const secrets = secretsOf(major);
    expect(secrets.filter((each) => !open.includes(each))).toEqual([]);
    expect(secrets.filter((each) => redacted.includes(each))).toEqual([]);
    expect(redacted).not.toMatch(/secret-|hidden-/i);
  });

  test('keeps the numbers', () => {
    const [all, numbers] = [open, redacted].map((text) => readJson('production.json', text));
    const columns = (of = all) =>
      of?.relations.flatMap((relation) =>
        [
          ...relation.columns.map(({ statistics }) => statistics),
          ...relation.indexes.flatMap(({ expressions }) => expressions.map(({ statistics }) => statistics)),
        ].map((statistics) => ({
          ...statistics,
          mostCommon: statistics?.mostCommon?.shares,
          histogram: statistics?.histogram?.count,
          elements: statistics?.elements && [
            statistics.elements.mostCommon.shares,
            statistics.elements.counts,
          ],
          ranges: statistics?.ranges && [statistics.ranges.emptyFraction, statistics.ranges.bounds?.count],
        })),
      );
    expect(columns(numbers)).toEqual(columns(all));
    expect(numbers?.extended).toEqual(all?.extended);
  });

  test('holds no constant of a statement, while pg_stat_statements keeps some', () => {
    const marks = [
      'secret-do',
      'secret-comment',
      'secret-remark',
      ...(major < 16 ? ['secret-set', 'secret-explain'] : []),
    ];
    expect(marks.filter((each) => !kept.includes(each))).toEqual([]);
    expect(open).toContain('secret-remark');
    expect(marks.filter((each) => redacted.includes(each))).toEqual([]);
    const { queries, leftOut } = readJson('production.json', redacted);
    expect(queries).toContainEqual(
      expect.objectContaining({ sql: 'SELECT count(*)   FROM made WHERE x = $1', calls: 1 }),
    );
    expect(leftOut).toContainEqual({
      subject: expect.stringMatching(/^\d+ statements of pg_stat_statements$/),
      reason: 'they are no queries, or may hold constants',
    });
  });
});
