import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readLine } from '../../src/workload/formats/ndjson.ts';
import { readSqlFile } from '../../src/workload/formats/query-files.ts';
import { readWorkload } from '../../src/workload/read.ts';
import { type Files, TestProject } from '../support/project.ts';

async function read(files: Files) {
  using project = new TestProject(files);
  return await readWorkload(project.root, Object.keys(files));
}

function lines(...entries: readonly unknown[]): string {
  return entries.map((entry) => JSON.stringify(entry)).join('\n');
}

describe('newline-delimited JSON', () => {
  test('executions of one shape are one query', async () => {
    const { queries, unchecked } = await read({
      'w.ndjson': lines(
        { sql: 'SELECT * FROM t WHERE a = 1', calls: 5, route: 'GET /a', file: 'a.ts', line: 3 },
        { sql: 'SELECT * FROM t WHERE a = 2', route: 'GET /b' },
        { sql: 'select *  from t where a = 99', route: 'GET /a', file: 'a.ts', line: 3 },
      ),
    });
    expect(unchecked).toEqual([]);
    expect(queries).toMatchObject([
      {
        sql: 'SELECT * FROM t WHERE a = 1',
        calls: 7,
        origins: [
          { route: 'GET /a', file: 'a.ts', line: 3, service: null },
          { route: 'GET /b', file: null },
        ],
      },
    ]);
  });

  test('times of executions add up, where they are told', async () => {
    const { queries } = await read({
      'w.ndjson': lines(
        { sql: 'SELECT 1 FROM t WHERE a = 1', durationMs: 2.5, calls: 4 },
        { sql: 'SELECT 1 FROM t WHERE a = 2', durationMs: 5 },
        { sql: 'SELECT 1 FROM t WHERE a = 3' },
        { sql: 'SELECT 2 FROM t' },
      ),
    });
    expect(queries.map(({ totalMilliseconds }) => totalMilliseconds)).toEqual([15, null]);
  });

  test('lists of different length are one query', async () => {
    const { queries } = await read({
      'w.jsonl': lines(
        { sql: 'SELECT 1 FROM t WHERE a IN (1, 2)' },
        { sql: 'SELECT 1 FROM t WHERE a IN (1, 2, 3)' },
      ),
    });
    expect(queries).toHaveLength(1);
  });

  test('tables that differ in a number only are not one query', async () => {
    const { queries } = await read({
      'w.ndjson': lines(
        { sql: 'SELECT 1 FROM sales_2025' },
        { sql: 'SELECT 1 FROM sales_2026' },
        { sql: 'SELECT 2 FROM sales_2026' },
        { sql: 'UPDATE sales_2025 SET a = 1' },
        { sql: 'UPDATE sales_2026 SET a = 2' },
      ),
    });
    expect(queries.map(({ sql }) => sql)).toEqual([
      'SELECT 1 FROM sales_2025',
      'SELECT 1 FROM sales_2026',
      'UPDATE sales_2025 SET a = 1',
      'UPDATE sales_2026 SET a = 2',
    ]);
  });

  test('values go with the text that they were captured with', async () => {
    const { queries } = await read({
      'w.ndjson': lines(
        { sql: 'SELECT 1 FROM t WHERE a = $1 AND b = $2' },
        { sql: 'SELECT 1 FROM t WHERE a = $2 AND b = $1', params: [1, 2] },
        { sql: 'SELECT 1 FROM t WHERE a = $1 AND b = $2', params: [3, 4] },
      ),
    });
    expect(queries).toMatchObject([{ samples: [[3, 4]], parameterCount: 2, calls: 3 }]);
  });

  test('constants of other texts are values as well', async () => {
    const { queries } = await read({
      'w.ndjson': lines(
        { sql: "SELECT 1 FROM t WHERE a = 'DE' AND b = 1" },
        { sql: "SELECT 1 FROM t WHERE a = 'DE' AND b = 1" },
        ...Array.from({ length: 20 }, (_, b) => ({ sql: `SELECT 1 FROM t WHERE a = 'DE' AND b = ${b + 2}` })),
        { sql: "SELECT 1 FROM t WHERE a = 'LU' AND b = 30" },
        { sql: 'SELECT 1 FROM t WHERE a = $1 AND b = $2', params: ['FR', 1] },
      ),
    });
    expect(queries).toMatchObject([{ sql: "SELECT 1 FROM t WHERE a = 'DE' AND b = 1", samples: [] }]);
    expect(queries[0]?.texts).toHaveLength(4);
    expect(queries[0]?.texts).toContain("SELECT 1 FROM t WHERE a = 'LU' AND b = 30");
  });

  test('transaction control and settings are set apart; what is no query is told', async () => {
    const { queries, unchecked } = await read({
      'w.ndjson': lines(
        { sql: 'BEGIN' },
        { sql: "SET search_path = 'x'" },
        { sql: 'SELECT 1' },
        { sql: 'COMMIT' },
        { sql: 'CREATE TABLE t ()', route: 'start' },
        { sql: 'SELECT 1; SELECT 2' },
        { sql: 'SELEC 1' },
        { sql: '-- nothing' },
      ),
    });
    expect(queries.map(({ sql }) => sql)).toEqual(['SELECT 1']);
    expect(unchecked).toEqual([
      { subject: 'start', reason: 'is no query that can be planned (CreateStmt)' },
      { subject: 'SELECT 1; SELECT 2', reason: 'holds several statements; capture each by itself' },
      { subject: 'SELEC 1', reason: 'syntax error at or near "SELEC"' },
      { subject: '-- nothing', reason: 'holds no statement' },
    ]);
  });

  test('lines that are none are told with their number, and do not stop the review', async () => {
    const { queries, unchecked } = await read({
      'w.ndjson':
        '{"sql": "SELECT 1"}\n\nno json\n{"query": "SELECT 1"}\n{"sql": "SELECT 2", "calls": -1}\r\n{"sql": "SEL',
    });
    expect(queries).toHaveLength(1);
    expect(unchecked).toMatchObject([
      { subject: 'w.ndjson:3', reason: expect.stringMatching(/^is no JSON/) },
      { subject: 'w.ndjson:4', reason: expect.stringMatching(/^is no captured query: sql/) },
      { subject: 'w.ndjson:5', reason: expect.stringMatching(/calls/) },
      { subject: 'w.ndjson:6', reason: expect.stringMatching(/^is no JSON/) },
    ]);
  });

  test('of many bad lines, the first are named and the rest counted', async () => {
    const { unchecked } = await read({ 'w.ndjson': `{"sql": "SELECT 1"}\n${'x\n'.repeat(1000)}` });
    expect(unchecked).toHaveLength(11);
    expect(unchecked.at(-1)?.reason).toBe('990 more lines are no captured queries');
  });

  test.each(['', '\n\n'])('a workload of nothing is told', async (text) => {
    expect((await read({ 'w.ndjson': text })).unchecked).toEqual([
      { subject: 'w.ndjson', reason: 'holds no queries, so no plan was looked at' },
    ]);
  });

  test('any line is read or told, never thrown at', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (line) => void readLine(line, 'x')));
  });

  test('what was written is read back', () => {
    const entry = fc.record(
      {
        sql: fc.string({ minLength: 1 }),
        params: fc.array(fc.jsonValue()),
        calls: fc.nat(),
        route: fc.string(),
        file: fc.string(),
        line: fc.integer({ min: 1, max: 1e6 }),
        service: fc.string(),
        trace: fc.string(),
        durationMs: fc.double({ min: 0, max: 1e9, noNaN: true }),
      },
      { requiredKeys: ['sql'] },
    );
    fc.assert(
      fc.property(entry, (written) => {
        const read = readLine(JSON.stringify(written), 'x');
        expect(read).toMatchObject({ sql: written.sql, calls: written.calls ?? 1 });
      }),
    );
  });
});

describe('files of SQL', () => {
  test('every statement is a query at its line, under its name', () => {
    const text = `
-- name: find_flight :one
SELECT * FROM flights WHERE id = $1;

-- Several, to be exact.
-- name: flights
SELECT * FROM flights;
SELECT 2;
`;
    expect(readSqlFile('q.sql', text)).toMatchObject([
      { name: 'find_flight', sql: 'SELECT * FROM flights WHERE id = $1', origin: { file: 'q.sql', line: 3 } },
      { name: 'flights', origin: { line: 7 } },
      { name: null, origin: { line: 8 } },
    ]);
  });

  test('a file that is no SQL is told', async () => {
    const { unchecked } = await read({
      'q.sql': 'SELEC',
      'empty.sql': '-- none',
      'latin1.sql': Buffer.from("SELECT 'caf\xe9'", 'latin1'),
    });
    expect(unchecked).toEqual([
      { subject: 'q.sql', reason: 'syntax error at or near "SELEC"' },
      { subject: 'empty.sql', reason: 'holds no queries, so no plan was looked at' },
      { subject: 'latin1.sql', reason: '1 line is no UTF-8, and read as Latin-1' },
    ]);
  });
});

test('files that are missing or of no known format are told all at once', async () => {
  using project = new TestProject({ 'b.csv': 'name,age\nAda,36\n' });
  await expect(readWorkload(project.root, ['a.ndjson', 'b.csv'])).rejects.toMatchObject({
    problems: [
      { message: 'there is no workload a.ndjson' },
      { message: 'the format of the workload b.csv is not known' },
    ],
  });
});
