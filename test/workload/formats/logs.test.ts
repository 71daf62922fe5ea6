import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { CapturedQuery } from '../../../src/model/query.ts';
import { readLog } from '../../../src/workload/log/read.ts';
import { StderrLog } from '../../../src/workload/log/stderr.ts';
import { readWorkload } from '../../../src/workload/read.ts';
import { recordsOf } from '../../../src/workload/stream/records.ts';
import { TestProject } from '../../support/project.ts';

/** Written by a server of version 15: two transactions of each of three sessions, errors, and what psql sent. */
const recorded = join(import.meta.dirname, '..', '..', 'fixtures', 'captures', 'postgres-15');
const files = [
  'default.txt',
  'session.txt',
  'keyed.txt',
  'epoch.txt',
  'none.txt',
  'csvlog.csv',
  'jsonlog.json',
  'explain-text.txt',
  'explain.json',
] as const;

const find = "SELECT id, status FROM orders WHERE id = $1 AND status = 'a'";
const update = "UPDATE orders\nSET note = 'it''s\n here'\nWHERE id = $1";

async function workloadOf(name: string, content: Uint8Array) {
  using project = new TestProject({ [name]: content });
  return await readWorkload(project.root, [name]);
}

describe.each(files)('%s', (file) => {
  const content = readFileSync(join(recorded, file));

  test('is read, whatever its form', async () => {
    const { queries, unchecked } = await workloadOf('captured', content);
    // psql created the table; auto_explain has no plan of that.
    expect(unchecked.filter(({ subject }) => !subject.startsWith('create table'))).toEqual([]);
    const calls = new Map(queries.map(({ sql, calls: count }) => [sql, count]));
    expect(calls.get(find)).toBe(6);
    expect(calls.get(update)).toBe(6);
    const [origin] = queries.find(({ sql }) => sql === find)?.origins ?? [];
    expect(origin).toMatchObject({ route: '/orders/{id}', file: 'src/orders.ts', line: 31 });
  });

  test('values are those of the executions', async () => {
    const { queries } = await workloadOf('captured', content);
    const { samples = [] } = queries.find(({ sql }) => sql === find) ?? {};
    const knowsValues = file !== 'explain.json';
    expect(samples.length > 0).toBe(knowsValues);
    for (const [value] of samples) expect(value).toMatch(/^\d+$/);
  });

  test('is read as well where it is compressed', async () => {
    const { queries } = await workloadOf('captured.gz', gzipSync(content));
    expect(queries.find(({ sql }) => sql === find)?.calls).toBe(6);
  });
});

async function statements(text: string, form: 'stderr' | 'jsonlog' | 'csvlog', size = text.length) {
  const bytes = Buffer.from(text);
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }
  const found: CapturedQuery[] = [];
  let unreadable = 0;
  for await (const part of readLog(chunks(), form)) {
    found.push(...part.statements);
    unreadable += part.unreadable;
  }
  return { found, unreadable };
}

describe('a log in text form', () => {
  test('what a statement holds is not taken for a line of the log', async () => {
    const { found } = await statements(
      "2026-11-20 09:14:02.497 UTC [744] LOG:  statement: SELECT 'LOG:  statement: SELECT 1',\n\t'x'\n",
      'stderr',
    );
    expect(found.map(({ sql }) => sql)).toEqual(["SELECT 'LOG:  statement: SELECT 1',\n'x'"]);
  });

  test('sessions that write in turns are told apart', async () => {
    const { found } = await statements(
      [
        '2026-11-20 09:14:02.497 UTC [744] LOG:  statement: SELECT 1',
        '2026-11-20 09:14:02.498 UTC [745] LOG:  statement: SELECT 2',
        '2026-11-20 09:14:02.499 UTC [744] LOG:  statement: SELECT 3',
      ].join('\n'),
      'stderr',
    );
    const bySession = Map.groupBy(found, ({ trace }) => trace);
    expect(bySession.get('744')?.map(({ sql }) => sql)).toEqual(['SELECT 1', 'SELECT 3']);
    expect(bySession.get('745')?.map(({ sql }) => sql)).toEqual(['SELECT 2']);
  });

  test('values that were cut short are left out', async () => {
    const { found } = await statements(
      "[7] LOG:  execute <unnamed>: SELECT $1\n[7] DETAIL:  parameters: $1 = 'abc...'\n",
      'stderr',
    );
    expect(found.map(({ params }) => params)).toEqual([null]);
  });

  test('no line brings it down', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (lines) => {
        const log = new StderrLog();
        for (const line of lines) log.add(line);
        log.rest();
      }),
    );
  });
});

describe.each(['default.txt', 'csvlog.csv', 'jsonlog.json'] as const)('%s in chunks', (file) => {
  test('of any size holds the same statements', async () => {
    const text = readFileSync(join(recorded, file), 'utf8').slice(0, 9_000);
    const form = file.endsWith('.txt') ? 'stderr' : file.endsWith('.csv') ? 'csvlog' : 'jsonlog';
    const whole = await statements(text, form);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 4_000 }), async (size) => {
        expect(await statements(text, form, size)).toEqual(whole);
      }),
      { numRuns: 30 },
    );
  });
});

test('a record that never ends is let go, and what follows is read', async () => {
  async function* endless() {
    for (let count = 0; count < 70; count += 1) yield Buffer.alloc(1024 ** 2, 'x');
    yield Buffer.from('\nnext\n');
  }
  const records: (string | null)[] = [];
  for await (const part of recordsOf(endless(), 'line break')) records.push(...part);
  expect(records).toEqual([null, 'next']);
});

test('a literal of ten megabytes is one statement', async () => {
  const literal = 'y'.repeat(10 * 1024 ** 2);
  const { found } = await statements(`[7] LOG:  statement: SELECT '${literal}'\n`, 'stderr', 65_536);
  expect(found.map(({ sql }) => sql.length)).toEqual([literal.length + 9]);
});
