import { spawnSync } from 'node:child_process';
import { closeSync, openSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, jest, test } from '@jest/globals';
import { z } from 'zod';
import { TestProject } from '../support/project.ts';

const reader = join(import.meta.dirname, '..', '..', 'bench', 'read-capture.ts');

const figures = z.object({
  peakBytes: z.number(),
  calls: z.number(),
  queries: z.number(),
  unchecked: z.array(z.object({ subject: z.string(), reason: z.string() })),
});

/** Reads lines that are written one by one, in a process of its own. */
function readIn(name: string, count: number, line: (index: number) => string) {
  using project = new TestProject({});
  const path = join(project.root, name);
  const file = openSync(path, 'w');
  for (let index = 0; index < count; ) {
    let part = '';
    for (; part.length < 1024 ** 2 && index < count; index += 1) part += `${line(index)}\n`;
    writeSync(file, part);
  }
  closeSync(file);
  const { size } = statSync(path);
  const child = spawnSync(process.execPath, [reader, path], { encoding: 'utf8' });
  if (child.status !== 0) throw new Error(child.stderr);
  return { size, ...figures.parse(JSON.parse(child.stdout)) };
}

/** Megabytes of a whole process that reads a capture, the parser and all libraries included. */
const most = 300;

/** One record of ten megabytes is held several times over: as bytes, as text, and as what is in it. */
const mostOfLong = 500;

const megabytes = (bytes: number) => Math.round(bytes / 1e6);
const log = (session: number, statement: string) =>
  `2026-11-20 09:14:02.497 UTC [${session}] LOG:  duration: 1.0 ms  statement: ${statement}`;

jest.setTimeout(240_000);

describe('a capture takes no more memory for holding', () => {
  test('200,000 texts, each with another list', () => {
    const { peakBytes, calls, queries, size } = readIn('server.log', 200_000, (index) =>
      log(
        index % 30,
        `SELECT * FROM t WHERE id IN (${Array.from({ length: 100 + (index % 50) }, (_, id) => index * 200 + id).join()})`,
      ),
    );
    expect(megabytes(size)).toBeGreaterThan(150);
    expect({ calls, queries }).toEqual({ calls: 200_000, queries: 1 });
    expect(megabytes(peakBytes)).toBeLessThan(most);
  });

  test('300,000 origins', () => {
    const { peakBytes, calls } = readIn('w.ndjson', 300_000, (index) =>
      JSON.stringify({
        sql: `SELECT * FROM t${index % 100} WHERE a = $1`,
        params: [index],
        route: `GET /${index}`,
        trace: `${index}`,
      }),
    );
    expect(calls).toBe(300_000);
    expect(megabytes(peakBytes)).toBeLessThan(most);
  });

  test('25,000 shapes, of which the rest is told', () => {
    const { peakBytes, queries, calls, unchecked } = readIn('w.ndjson', 25_000, (index) =>
      JSON.stringify({ sql: `SELECT a${index}, ${'b, '.repeat(100)} c FROM t` }),
    );
    expect(queries).toBe(20_000);
    expect(unchecked).toContainEqual({
      subject: 'workload',
      reason: `${25_000 - calls} executions of queries beyond the first 20000 shapes were not looked at`,
    });
    expect(megabytes(peakBytes)).toBeLessThan(most);
  });

  test('literals of ten megabytes, and values of as many', () => {
    const long = 'z'.repeat(10 * 1024 ** 2);
    const { peakBytes, calls } = readIn('w.ndjson', 40, (index) =>
      JSON.stringify(
        index % 2 === 0
          ? { sql: `INSERT INTO t${index} VALUES ('${long}')`, trace: `${index}` }
          : { sql: `INSERT INTO t${index} VALUES ($1)`, params: [long], trace: `${index}` },
      ),
    );
    expect(calls).toBe(40);
    expect(megabytes(peakBytes)).toBeLessThan(mostOfLong);
  });

  test('30,000 statements that cannot be looked at', () => {
    const { peakBytes, unchecked } = readIn('server.log', 30_000, (index) =>
      log(index, `SELEC ${index} ${'x'.repeat(200)}`),
    );
    expect(unchecked.length).toBeGreaterThan(0);
    expect(megabytes(peakBytes)).toBeLessThan(most);
  });

  test('a thousand sessions with a thousand statements each', () => {
    const { peakBytes, calls } = readIn('server.log', 1_000_000, (index) =>
      log(index % 1_000, `SELECT * FROM t${index % 7} WHERE a = 'value ${index}'`),
    );
    expect(calls).toBe(1_000_000);
    expect(megabytes(peakBytes)).toBeLessThan(most);
  });
});
