import { describe, expect, test } from '@jest/globals';
import { readWorkload } from '../../src/workload/read.ts';
import { type Files, TestProject } from '../support/project.ts';

async function queriesOf(files: Files) {
  using project = new TestProject(files);
  return (await readWorkload(project.root, Object.keys(files))).queries;
}

const lines = (...entries: readonly object[]) => entries.map((entry) => JSON.stringify(entry)).join('\n');

test('time, rows, first and last execution are those of the executions that tell', async () => {
  const sql = 'SELECT a FROM t WHERE b = $1';
  const queries = await queriesOf({
    'w.ndjson': lines(
      {
        sql,
        durationMs: 10,
        rows: 3,
        startedAt: '2026-11-20T09:00:01Z',
        file: 'a.ts',
        line: 1,
        test: 'finds',
      },
      { sql, calls: 3, durationMs: 2, startedAt: '2026-11-20T09:00:00Z' },
      { sql, rows: 4, calls: 2 },
      { sql: 'SELECT 1 FROM t' },
    ),
  });
  expect(queries).toMatchObject([
    {
      calls: 6,
      totalMilliseconds: 16,
      meanMilliseconds: 4,
      rows: 11,
      firstSeen: Date.UTC(2026, 10, 20, 9, 0, 0),
      lastSeen: Date.UTC(2026, 10, 20, 9, 0, 1),
      origins: [{ file: 'a.ts', line: 1, test: 'finds' }, { file: null }],
      originsLeftOut: 0,
    },
    {
      calls: 1,
      totalMilliseconds: null,
      meanMilliseconds: null,
      rows: null,
      firstSeen: null,
      lastSeen: null,
    },
  ]);
});

test('a log and pg_stat_statements of the same time are not added up', async () => {
  const sql = 'SELECT a FROM t WHERE b = $1';
  const log = lines(...Array.from({ length: 4 }, () => ({ sql, durationMs: 5, params: [1] })));
  const totals = (calls: number) => `queryid,calls,total_exec_time,rows,query\n1,${calls},100,10,"${sql}"\n`;
  expect(await queriesOf({ 'w.ndjson': log, 'stats.csv': totals(50) })).toMatchObject([
    { calls: 50, totalMilliseconds: 100, rows: 10, samples: [[1]] },
  ]);
  expect(await queriesOf({ 'w.ndjson': log, 'stats.csv': totals(2) })).toMatchObject([
    { calls: 4, totalMilliseconds: 20 },
  ]);
});

test('many origins are counted beyond the first', async () => {
  const entries = Array.from({ length: 300 }, (_, line) => ({
    sql: 'SELECT 1 FROM t',
    file: 'a.ts',
    line: line + 1,
  }));
  const [query] = await queriesOf({ 'w.ndjson': lines(...entries, ...entries) });
  expect(query?.origins).toHaveLength(50);
  expect(query?.originsLeftOut).toBe(250);
});

describe('lists of other lengths are one query', () => {
  test.each([
    ['SELECT 1 FROM t WHERE a IN (1)', 'SELECT 1 FROM t WHERE a IN (1, 2, 3)'],
    ['SELECT 1 FROM t WHERE a IN ($1)', 'SELECT 1 FROM t WHERE a IN ($1, $2, $3)'],
    ['SELECT 1 FROM t WHERE a = ANY (ARRAY[1])', 'SELECT 1 FROM t WHERE a = ANY (ARRAY[1, 2])'],
    ['SELECT 1 FROM t WHERE a = ANY (ARRAY[$1, $2])', 'SELECT 1 FROM t WHERE a = ANY (ARRAY[$1, $2, $3])'],
    ["INSERT INTO t VALUES (1, 'a')", "INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'c')"],
    ['INSERT INTO t (a, b) VALUES ($1, $2)', 'INSERT INTO t (a, b) VALUES ($1, $2), ($3, $4)'],
    ['SELECT 1 FROM t WHERE a IN ($1 /*, ... */)', 'SELECT 1 FROM t WHERE a IN ($1, $2)'],
  ])('%s', async (one, other) => {
    expect(await queriesOf({ 'w.ndjson': lines({ sql: one }, { sql: other }) })).toMatchObject([
      { calls: 2 },
    ]);
  });
});
