import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type CapturedQuery, unknownOrigin } from '../../src/model/query.ts';
import type { Trace } from '../../src/model/trace.ts';
import { Aggregation } from '../../src/workload/aggregate.ts';

type Sent = readonly [
  sql: string,
  more?: Partial<CapturedQuery> & { readonly route?: string; readonly file?: string },
];

function captured([sql, { route, file, ...more } = {}]: Sent, index: number): CapturedQuery {
  const origin = { ...unknownOrigin, route: route ?? null, file: file ?? null };
  const rest = {
    name: null,
    params: null,
    calls: 1,
    trace: 's',
    startedAt: index,
    durationMs: 0,
    rows: null,
  };
  return { sql, origin, ...rest, ...more };
}

function gather(sent: readonly Sent[]) {
  const aggregation = new Aggregation();
  for (const [index, each] of sent.entries()) aggregation.add(captured(each, index));
  return aggregation;
}

const tracesOf = (...sent: readonly Sent[]): readonly Trace[] => gather(sent).traces;
const texts = (traces: readonly Trace[]) => traces.map(({ statements }) => statements.map(({ sql }) => sql));
const definitions = (traces: readonly Trace[]) =>
  traces.flatMap(({ statements }) =>
    statements.flatMap(({ isDefinition, sql }) => (isDefinition ? [sql] : [])),
  );

const list = 'SELECT id FROM orders';
const item = 'SELECT id FROM items WHERE order_id = $1';

describe('where one trace ends', () => {
  test('at another route', () => {
    const traces = tracesOf([list, { route: 'GET /a' }], [item, { route: 'GET /b' }]);
    expect(traces.map(({ route }) => route)).toEqual(['GET /a', 'GET /b']);
  });

  test('after a pause', () => {
    expect(tracesOf([list], [item, { startedAt: 900 }], [list, { startedAt: 2_000 }])).toHaveLength(2);
  });

  test('not within a transaction', () => {
    const sent = tracesOf(['BEGIN'], [list], [item, { startedAt: 5_000 }], ['COMMIT', { startedAt: 5_001 }]);
    expect(texts(sent)).toEqual([['BEGIN', list, item, 'COMMIT']]);
    expect(sent[0]?.statements.map(({ control }) => control)).toEqual(['begins', null, null, 'ends']);
  });

  test('statements without one belong to none', () => {
    expect(tracesOf([list, { trace: null }])).toEqual([]);
  });
});

test('traces that differ in how often they repeat something are one, the longest', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 30 }), (few, many) => {
      const request = (trace: string, count: number): Sent[] => [
        [list, { trace }],
        ...Array.from({ length: count }, (): Sent => [item, { trace }]),
      ];
      const [one, ...others] = tracesOf(...request('a', few), ...request('b', many));
      expect(others).toEqual([]);
      expect(one?.occurrences).toBe(2);
      expect(one?.statements).toHaveLength(1 + Math.max(few, many));
    }),
  );
});

describe('what changes the schema', () => {
  test('is none where it is temporary', () => {
    const traces = tracesOf(
      ['CREATE TEMP TABLE t AS SELECT id FROM orders'],
      ['CREATE INDEX ON t (id)'],
      ['DROP TABLE t'],
      ['SELECT id INTO TEMP u FROM orders'],
      ['ALTER TABLE orders ADD note text'],
    );
    expect(definitions(traces)).toEqual(['ALTER TABLE orders ADD note text']);
  });

  test('is none in the session of a migration tool, before and after it is told', () => {
    const traces = tracesOf(
      ['CREATE TABLE a (id int)'],
      ['INSERT INTO schema_migrations VALUES ($1)'],
      ['CREATE TABLE b (id int)'],
      ['CREATE TABLE c (id int)', { startedAt: 9_000 }],
      ['CREATE TABLE d (id int)', { trace: 'other' }],
    );
    expect(definitions(traces)).toEqual(['CREATE TABLE d (id int)']);
  });

  test('is no upkeep, and nothing about databases and roles', () => {
    const traces = tracesOf(
      ['REINDEX TABLE orders'],
      ['TRUNCATE orders'],
      ['CREATE DATABASE x'],
      ['CREATE ROLE r'],
    );
    expect(definitions(traces)).toEqual([]);
  });
});

test('what libraries ask of the server about itself is no query of the application', () => {
  const asked: readonly Sent[] = [
    ['SELECT version()'],
    ['SELECT current_schema(), current_database()'],
    ['SELECT typname FROM pg_catalog.pg_type WHERE oid = $1'],
    ["SELECT * FROM information_schema.columns WHERE table_name = 'orders'"],
    ['SHOW server_version'],
  ];
  const { queries, traces, unchecked } = gather([...asked, [list]]);
  expect(queries.map(({ sql }) => sql)).toEqual([list]);
  expect(traces[0]?.statements.map(({ fingerprint }) => fingerprint === null)).toEqual([
    true,
    true,
    true,
    true,
    true,
    false,
  ]);
  expect(unchecked).toEqual([]);
});

test('what tests send by themselves is theirs', () => {
  const [trace] = tracesOf(
    [list, { file: 'test/orders.test.ts' }],
    [list, { file: 'src/latest.ts' }],
    [list, { file: 'spec/a_spec.rb' }],
  );
  expect(trace?.statements.map(({ fingerprint }) => fingerprint !== null)).toEqual([false, true, false]);
});
