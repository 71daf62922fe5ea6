import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readWorkload } from '../../src/workload/read.ts';
import { type Files, TestProject } from '../support/project.ts';

const recorded = join(import.meta.dirname, '..', 'fixtures', 'captures', 'postgres-15');
const logs = ['default.txt', 'csvlog.csv', 'jsonlog.json'] as const;
const find = "SELECT id, status FROM orders WHERE id = $1 AND status = 'a'";

async function read(files: Files, names: readonly string[] = Object.keys(files)) {
  using project = new TestProject(files);
  return await readWorkload(project.root, names);
}

function calls({ queries }: Awaited<ReturnType<typeof read>>): ReadonlyMap<string, number> {
  return new Map(queries.map((query) => [query.sql, query.calls]));
}

describe.each(logs)('%s', (log) => {
  const content = readFileSync(join(recorded, log));
  const text = content.toString('utf8');

  test('in files that were rotated, even within an entry, is read as one', async () => {
    const whole = await read({ 'a.log': content });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 3_000, max: content.length - 3_000 }), async (at) => {
        const parts = await read({ 'a.log': content.subarray(0, at), 'b.log': content.subarray(at) });
        expect(calls(parts)).toEqual(calls(whole));
        expect(parts.traces).toEqual(whole.traces);
      }),
      { numRuns: 20 },
    );
  });

  test('cut off at either end is told, and what is whole is read', async () => {
    const { length } = content;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 40, max: 90 }), async (bytes) => {
        const cut = await read({ 'a.log': content.subarray(bytes, length - bytes) });
        expect(calls(cut).get(find)).toBeGreaterThanOrEqual(5);
        expect(cut.unchecked).toContainEqual({ subject: 'a.log', reason: 'ends within a line' });
      }),
      { numRuns: 10 },
    );
  });

  test('compressed and cut off is told, and what is there is read', async () => {
    const zipped = gzipSync(text.repeat(20));
    const cut = await read({ 'a.gz': zipped.subarray(0, zipped.length - 20) });
    expect(cut.unchecked.map(({ reason }) => reason).join()).toMatch(/is compressed and cut off/);
    expect(calls(cut).get(find)).toBeGreaterThanOrEqual(6);
  });

  test('with line breaks of Windows, a byte order mark, or in UTF-16', async () => {
    const whole = calls(await read({ 'a.log': content })).get(find);
    const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);
    const bigEndian = Buffer.from(utf16).swap16();
    const marked = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), content]);
    const windows = Buffer.from(text.replaceAll('\n', '\r\n'));
    for (const other of [utf16, bigEndian, marked, windows]) {
      expect(calls(await read({ 'a.log': other })).get(find)).toBe(whole);
    }
  });

  test('with bytes of Latin-1 among UTF-8', async () => {
    const latin1 = Buffer.concat([
      content,
      Buffer.from(
        text
          .split('\n')
          .filter((line) => line.includes("status = 'a'"))
          .slice(-3)
          .join('\n')
          .replaceAll("'a'", "'\u00e4'"),
        'latin1',
      ),
      Buffer.from('\n'),
    ]);
    const { queries, unchecked } = await read({ 'a.log': latin1 });
    expect(queries.flatMap(({ sql, texts }) => [sql, ...texts]).join()).not.toContain('\ufffd');
    expect(unchecked.map(({ reason }) => reason).join()).toMatch(
      /\d lines? (?:is|are) no UTF-8, and read as Latin-1/,
    );
  });

  test('with lines of other programs in between is counted', async () => {
    const mixed = text.split('\n').slice(0, -1);
    mixed.splice(0, 0, 'starting container', '\u001b[31mred\u001b[0m');
    const { unchecked, queries } = await read({ 'a.log': `${mixed.join('\n')}\n` });
    expect(queries.find(({ sql }) => sql === find)?.calls).toBe(6);
    expect(unchecked).toContainEqual({ subject: 'a.log', reason: '2 more lines are no captured queries' });
  });
});

test('a file that does not go on with the one before is told, and nothing of it is lost', async () => {
  const line = (number: number) =>
    `2026-11-20 09:14:0${number}.000 UTC [7] LOG:  statement: SELECT * FROM t${number}\n`;
  const { queries, unchecked } = await read({
    'a.log': `${line(1)}${line(2).slice(0, -3)}`,
    'b.log': line(3),
  });
  expect(queries.map(({ sql }) => sql)).toEqual(['SELECT * FROM t1', 'SELECT * FROM t3']);
  expect(unchecked).toContainEqual({ subject: 'a.log and 1 more', reason: 'a.log: ends within a line' });
});

describe('names of files', () => {
  const line = '2026-11-20 09:14:02.497 UTC [744] LOG:  statement: SELECT';
  const files = {
    'log/b-2.log': `${line} 2 FROM t2\n`,
    'log/b-1.log': `${line} 1 FROM t1\n`,
    'log/other.txt': 'no log',
  };

  test('a pattern names files, in their order', async () => {
    const { queries } = await read(files, ['orders=log/b-*.log']);
    expect(queries.map(({ sql, origins }) => [sql, origins[0]?.service])).toEqual([
      ['SELECT 1 FROM t1', 'orders'],
      ['SELECT 2 FROM t2', 'orders'],
    ]);
  });

  test('a pattern for nothing is told', async () => {
    await expect(read(files, ['log/c-*.log'])).rejects.toMatchObject({
      problems: [{ message: 'there is no workload log/c-*.log' }],
    });
  });
});

test('a file that grows while it is read is read as it was at first', async () => {
  const line = '2026-11-20 09:14:02.497 UTC [744] LOG:  statement: SELECT 1 FROM t\n';
  using project = new TestProject({ 'a.log': line.repeat(5_000) });
  const timer = setInterval(() => appendFileSync(join(project.root, 'a.log'), line.repeat(1_000)), 1);
  try {
    const { queries } = await readWorkload(project.root, ['a.log']);
    expect(queries[0]?.calls).toBeGreaterThanOrEqual(5_000);
  } finally {
    clearInterval(timer);
  }
});

describe('exports of spans', () => {
  const span = (id: number) => ({
    traceId: 't',
    spanId: `s${id}`,
    parentSpanId: '',
    attributes: [{ key: 'db.query.text', value: { stringValue: `SELECT ${id} FROM "t{${id % 2}"` } }],
  });
  const resource = (ids: readonly number[], service: string) => ({
    resource: { attributes: [{ key: 'service.name', value: { stringValue: service } }] },
    scopeSpans: [{ scope: { name: 'x' }, spans: ids.map(span) }],
  });
  const all = { resourceSpans: [resource([1, 2, 3], 'a'), resource([4, 5], 'b')] };

  test.each([
    ['one in all', JSON.stringify(all)],
    ['one in all, on several lines', JSON.stringify(all, null, 2)],
    ['each on a line', all.resourceSpans.map((each) => JSON.stringify({ resourceSpans: [each] })).join('\n')],
    [
      'in snake case',
      JSON.stringify(all)
        .replaceAll('resourceSpans', 'resource_spans')
        .replaceAll('scopeSpans', 'scope_spans'),
    ],
  ])('%s', async (_, text) => {
    const { queries, unchecked } = await read({ 'spans.json': text });
    expect(unchecked).toEqual([]);
    expect(queries.map(({ calls: count }) => count)).toEqual([3, 2]);
    expect(queries[0]?.origins.map(({ service }) => service)).toEqual(['a', 'b']);
  });

  test('that break off are counted, and the next line is read', async () => {
    const line = JSON.stringify({ resourceSpans: [resource([1], 'a')] });
    const { queries, unchecked } = await read({
      'spans.json': `${line}\n${line.slice(0, 170)}\n${line.slice(0, 20)}\n${line}\nno json\n${line}\n`,
    });
    expect(queries[0]?.calls).toBe(3);
    expect(unchecked).toEqual([{ subject: 'spans.json', reason: '3 more lines are no captured queries' }]);
  });
});

test.each([
  ['an array', (rows: readonly object[]) => JSON.stringify(rows)],
  ['an array on several lines', (rows: readonly object[]) => JSON.stringify(rows, null, 2)],
  ['lines', (rows: readonly object[]) => rows.map((row) => JSON.stringify(row)).join('\n')],
])('rows of pg_stat_statements as %s', async (_, write) => {
  const rows = [1, 2, 3].map((table) => ({
    query: `SELECT * FROM t${table} WHERE a = $1`,
    calls: table,
    total_exec_time: 10,
    rows: 7,
  }));
  const { queries, unchecked } = await read({ 'stats.json': write(rows) });
  expect(unchecked).toEqual([]);
  expect(queries).toMatchObject([
    { calls: 1, totalMilliseconds: 10, rows: 7 },
    { calls: 2, meanMilliseconds: 5 },
    { calls: 3 },
  ]);
});
