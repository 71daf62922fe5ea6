import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ExecutedNode, ExecutedPlan } from '../../src/model/plan.ts';
import { type Query, unseen } from '../../src/model/query.ts';
import type { Session } from '../../src/model/server.ts';
import { type Execution, executeAll, reasonAgainst } from '../../src/plans/execute.ts';
import { misestimates } from '../../src/plans/misestimates.ts';
import { TestServer, testedVersions } from '../support/server.ts';

/** Nine of ten rows are of one kind, and nobody has told the planner: there was no ANALYZE. */
const rows = `
  CREATE TABLE events (id int PRIMARY KEY, kind text, weight int);
  INSERT INTO events SELECT n, CASE WHEN n % 10 = 0 THEN 'rare' ELSE 'usual' END, n % 7 FROM generate_series(1, 50000) AS n;
  CREATE TABLE kinds (kind text PRIMARY KEY);
  INSERT INTO kinds VALUES ('rare'), ('usual');
  CREATE SEQUENCE numbers;
  CREATE FUNCTION counted() RETURNS bigint LANGUAGE sql VOLATILE AS 'SELECT nextval(''numbers'')';
  CREATE FUNCTION slow() RETURNS int LANGUAGE plpgsql STABLE AS 'BEGIN LOOP END LOOP; END';`;

function query(sql: string, ...params: readonly unknown[]): Query {
  const samples = params.length === 0 ? [] : [params];
  return {
    fingerprint: sql,
    sql,
    name: null,
    calls: 1,
    parameterCount: params.length,
    samples,
    texts: [],
    origins: [],
    originsLeftOut: 0,
    ...unseen,
  };
}

describe.each(testedVersions)('PostgreSQL %i', (major) => {
  let server: TestServer;
  let session: Session;
  beforeAll(async () => {
    server = await TestServer.start(major);
    session = await server.session(rows);
  });
  afterAll(async () => {
    await session[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  async function execute(each: Query, limitMs = 10_000): Promise<Execution | undefined> {
    return (await executeAll(session, [each], limitMs)).get(each.fingerprint);
  }

  async function planOf(each: Query): Promise<ExecutedPlan> {
    const execution = await execute(each);
    if (execution?.kind !== 'executed') throw new Error(JSON.stringify(execution));
    return execution.plan;
  }

  function nodesOf(node: ExecutedNode): readonly ExecutedNode[] {
    return [node, ...node.children.flatMap(nodesOf)];
  }

  test('rows are those that came, with the values that were captured', async () => {
    const plan = await planOf(query('SELECT * FROM events WHERE kind = $1', 'usual'));
    expect(plan.root).toMatchObject({ loops: 1, rows: 45_000, rowsFiltered: 5_000, heapFetches: null });
    expect(plan.root.node.operation.kind).toBe('scan');
    expect(plan.pages.hit + plan.pages.read).toBeGreaterThan(100);
  });

  test('an estimate without statistics is off by what it is', async () => {
    const [found] = misestimates(await planOf(query("SELECT * FROM events WHERE kind = 'usual'")));
    expect(found?.actual).toBe(45_000);
    expect(found?.expected).toBeLessThan(1_000);
    expect(found?.ratio).toBeCloseTo(45_000 / (found?.expected ?? 1));
  });

  test('rows of a loop are those of one execution', async () => {
    await session.script('SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_material = off');
    const { root } = await planOf(
      query(
        'SELECT count(*) FROM kinds k CROSS JOIN LATERAL (SELECT * FROM events e WHERE e.kind = k.kind OFFSET 0) e',
      ),
    );
    await session.script('RESET ALL');
    const scan = nodesOf(root).find(
      ({ node: { operation } }) => operation.kind === 'scan' && operation.relation.name === 'events',
    );
    expect(scan).toMatchObject({ loops: 2, rows: 25_000, rowsFiltered: 25_000 });
  });

  test('what a LIMIT cuts short is not taken for a wrong estimate', async () => {
    const plan = await planOf(query('SELECT * FROM events LIMIT 1'));
    const scan = nodesOf(plan.root).find(({ node }) => node.operation.kind === 'scan');
    expect(scan?.rows).toBe(1);
    expect(scan?.node.rows).toBeGreaterThan(1_000);
    expect(misestimates(plan).every(({ ratio }) => ratio < 10)).toBe(true);
  });

  test('temporary files are those of the node that wrote them', async () => {
    await session.script("SET work_mem = '64kB'");
    const { root } = await planOf(query('SELECT * FROM events ORDER BY weight, kind LIMIT 1000000'));
    await session.script('RESET ALL');
    const writing = nodesOf(root).filter(({ temporaryBytes }) => temporaryBytes > 0);
    expect(writing.map(({ node }) => node.operation.kind)).toEqual(['sort']);
    expect(writing[0]?.temporaryBytes).toBeGreaterThan(500_000);
  });

  test.each<[string, Query, RegExp]>([
    ['a change', query("UPDATE events SET kind = 'x'"), /it is no SELECT/],
    [
      'a change in a CTE',
      query('WITH gone AS (DELETE FROM events RETURNING id) SELECT * FROM gone'),
      /changes or locks/,
    ],
    ['a lock', query('SELECT * FROM events FOR UPDATE'), /changes or locks/],
    ['a lock in a subquery', query('SELECT * FROM (SELECT * FROM events FOR SHARE) e'), /changes or locks/],
    ['a volatile function', query('SELECT counted()'), /calls counted/],
    [
      'a volatile function of the server',
      query("SELECT pg_catalog.set_config('role', 'x', false)"),
      /calls set_config/,
    ],
    ['the end of another session', query('SELECT pg_terminate_backend(1)'), /calls pg_terminate_backend/],
    ['two statements', query('SELECT 1; SELECT 2'), /one statement/],
    ['values that nobody captured', { ...query('SELECT $1::int'), parameterCount: 1 }, /no values/],
  ])('%s is not executed', async (_, each, reason) => {
    expect(await execute(each)).toEqual({ kind: 'left out', reason: expect.stringMatching(reason) });
  });

  test('nothing is changed by a function that says that it changes nothing', async () => {
    await session.script(`CREATE FUNCTION sly() RETURNS bigint LANGUAGE sql STABLE AS 'SELECT counted()'`);
    expect(await execute(query('SELECT sly()'))).toMatchObject({
      kind: 'refused',
      error: { sqlstate: '25006' },
    });
  });

  test('what does not end is stopped, and the next query runs', async () => {
    expect(await execute(query('SELECT slow()'), 200)).toEqual({ kind: 'stopped', limitMs: 200 });
    expect(await execute(query('SELECT 1'))).toMatchObject({ kind: 'executed' });
  });

  test('what is locked is not waited for', async () => {
    const [row] = await session.query('SELECT current_database() AS name');
    await using other = await server.sandbox.connect(String(row?.['name']), 'owner');
    await other.script('BEGIN; LOCK TABLE kinds');
    expect(await execute(query('SELECT * FROM kinds'))).toMatchObject({
      kind: 'refused',
      error: { sqlstate: '55P03' },
    });
    await other.script('ROLLBACK');
  });

  // The last, since ANALYZE stays.
  test.each([
    [
      'a hash join without anything to join',
      'SET enable_nestloop = off; SET enable_mergejoin = off',
      "SELECT * FROM events e JOIN (SELECT * FROM kinds WHERE kind = 'none' OFFSET 0) k ON k.kind = e.kind",
      'Hash Join',
    ],
    [
      'a merge join whose other input has ended',
      'SET enable_nestloop = off; SET enable_hashjoin = off',
      'SELECT * FROM events e JOIN (VALUES (1), (2)) AS v (id) ON v.id = e.id',
      'Merge Join',
    ],
    [
      'EXISTS',
      'SET enable_hashjoin = off',
      'SELECT kind, EXISTS (SELECT FROM events e WHERE e.weight < 6 OR e.kind = k.kind) FROM kinds k',
      'Seq Scan',
    ],
  ])('what %s does not ask for is not taken for a wrong estimate', async (_, settings, sql, type) => {
    await session.script(`ANALYZE; ${settings}`);
    const plan = await planOf(query(sql));
    await session.script('RESET ALL');
    expect(nodesOf(plan.root).map(({ node }) => node.type)).toContain(type);
    const scan = nodesOf(plan.root).find(
      ({ node: { operation } }) => operation.kind === 'scan' && operation.relation.name === 'events',
    );
    expect((scan?.node.rows ?? 0) / Math.max(1, scan?.rows ?? 0)).toBeGreaterThan(100);
    const off = misestimates(plan).filter(({ ratio }) => ratio >= 10);
    expect(off.map(({ node }) => node)).not.toContain(scan);
  });
});

test('harmless volatile functions are let through', () => {
  expect(
    reasonAgainst(query('SELECT count(*) FROM events WHERE weight > 3'), new Set(['nextval'])),
  ).toBeNull();
});
