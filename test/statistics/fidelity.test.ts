import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Session } from '../../src/model/server.ts';
import { TestServer } from '../support/server.ts';
import {
  type Comparison,
  compare,
  deviation,
  difference,
  hasSameShape,
  pairs,
  tolerance,
} from './fidelity/compare.ts';
import { exported, indexes, queries, rowsOf, tables, twinOf } from './fidelity/fixture.ts';

/** A scale of 1 is 5.4 million rows. */
const loaded = [
  { major: 14, scale: 0.05 },
  { major: 16, scale: 0.05 },
  { major: 18, scale: 1 },
] as const;

/** Before version 17 nobody is shown the bounds of ranges, so that estimates of this column are PostgreSQL's defaults. */
const showsRanges = 17;
const rangeColumn = /\bsold (@>|&&)/;

/** Share of queries whose plan is the same in everything. */
const leastSame = 0.98;

/** Of those whose statistics have no values; what decides is a value, so that others may well differ. */
const leastSameRedacted = 0.8;

describe.each(loaded)('on PostgreSQL $major, the twin of a loaded database', ({ major, scale }) => {
  let server: TestServer;
  let real: Session;
  let compared: readonly Comparison[];
  let redacted: readonly Comparison[];
  /** Those with the same plan, of which estimates can be compared. */
  let same: readonly Comparison[];

  beforeAll(async () => {
    server = await TestServer.start(major, 120_000, true);
    const database = await server.database(tables);
    real = await server.sandbox.connect(database, 'owner');
    for (const statement of [...rowsOf(scale), indexes, 'VACUUM ANALYZE']) await real.script(statement);
    const twin = await twinOf(
      server.sandbox,
      await server.database(tables + indexes),
      await exported(server.sandbox, database),
    );
    expect(twin.unchecked).toEqual([]);
    compared = await compare(real, twin.session, queries);
    same = compared.filter(
      (each) => hasSameShape(each) && (major >= showsRanges || !rangeColumn.test(each.sql)),
    );
    const anonymous = await twinOf(
      server.sandbox,
      await server.database(tables + indexes),
      await exported(server.sandbox, database, true),
    );
    redacted = await compare(real, anonymous.session, queries);
  });
  afterAll(() => server[Symbol.asyncDispose]());

  test('has the same plan for 98 % of the queries', () => {
    const others = compared.filter((each) => !hasSameShape(each)).map(({ sql }) => sql);
    expect(compared.length).toBeGreaterThanOrEqual(100);
    expect({ others, enough: others.length <= compared.length * (1 - leastSame) }).toEqual({
      others,
      enough: true,
    });
  });

  test('has the same costs within 1 %, but for the height of B-trees', async () => {
    const methods = await real.query(
      'SELECT c.relname, m.amname FROM pg_class c JOIN pg_am m ON m.oid = c.relam WHERE c.relkind = $1',
      ['i'],
    );
    const methodOf = new Map(methods.map((row) => [String(row['relname']), String(row['amname'])]));
    const differences = same.map((each) => difference(each, methodOf)).filter((each) => each !== null);
    expect(differences.filter(({ reason }) => reason === null)).toEqual([]);
  });

  test('expects the same rows within 1 %, in every node', () => {
    const off = same
      .flatMap(pairs)
      .filter((pair) => deviation(pair, 'Plan Rows') > tolerance)
      .map(({ sql, real: { 'Node Type': node, 'Plan Rows': rows }, twin }) => ({
        sql,
        node,
        rows,
        twin: twin['Plan Rows'],
      }));
    expect(off).toEqual([]);
  });

  test('has the same plan for most queries without any value of production', () => {
    const others = redacted.filter((each) => !hasSameShape(each)).map(({ sql }) => sql);
    expect({ others, enough: others.length <= redacted.length * (1 - leastSameRedacted) }).toEqual({
      others,
      enough: true,
    });
  });
});
