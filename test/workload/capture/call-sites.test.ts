import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { CapturedQuery } from '../../../src/model/query.ts';
import { CallSites, LoggedTexts, type Sender } from '../../../src/workload/capture/call-sites.ts';
import { innermost, layersIn } from '../../../src/workload/capture/layers.ts';
import { RequestLines } from '../../../src/workload/capture/request-lines.ts';
import { TemporaryFolder } from '../../support/temporary.ts';

/** An execution: the process of the server, a text, the line that sent it, and the request that it was for. */
interface Sent {
  readonly backend: number;
  readonly sql: string;
  readonly line: number;
  readonly request?: number | null;
}

const place = (line: number) => ({ file: '/src/a.js', line });

/** What a program writes down. */
function journal(sent: readonly Sent[]): string {
  const lines: unknown[] = [];
  const [texts, lineNumbers, backends] = [
    [...new Set(sent.map(({ sql }) => sql))],
    [...new Set(sent.map(({ line }) => line))],
    [...new Set(sent.map(({ backend }) => backend))],
  ];
  for (const [text, sql] of texts.entries()) lines.push({ text, sql });
  for (const [index, line] of lineNumbers.entries()) lines.push({ place: index, frames: [place(line)] });
  for (const { backend, sql, line, request = null } of sent) {
    if (request !== null) lines.push({ request, route: `GET /before/${request}` });
    const of = [backends.indexOf(backend), texts.indexOf(sql), lineNumbers.indexOf(line)];
    lines.push(request === null ? of : [...of, request]);
    // A route is matched after the first queries.
    if (request !== null) lines.push({ request, route: `GET /${request}` });
  }
  // A connection is told of when it is made, which what it is asked for may not wait for.
  for (const [connection, backend] of backends.entries()) lines.push({ connection, backend, at: connection });
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

/** A statement as the server logged it. */
type Logged = Pick<CapturedQuery, 'trace' | 'sql'>;

const logged = ({ backend, sql }: Sent): Logged => ({ sql, trace: `65a1b2c3.${backend.toString(16)}` });

async function sendersOf(written: string, statements: readonly Logged[]): Promise<readonly Sender[]> {
  using folder = new TemporaryFolder();
  writeFileSync(join(folder.path, '1-0-1.ndjson'), written);
  const sites = await CallSites.read(folder.path);
  const texts = new LoggedTexts();
  for (const statement of statements) texts.add(statement);
  const places = sites.replay(texts, ([frame]) => frame ?? null);
  return statements.map(({ trace, sql }) => places.senderOf(trace, sql));
}

async function locate(written: string, statements: readonly Logged[]): Promise<readonly (number | null)[]> {
  const senders = await sendersOf(written, statements);
  return senders.map(({ place: found }) => found?.line ?? null);
}

/** Of a request, what it is called and where it goes. */
const toldOf = (request: number | null | undefined) =>
  request === null || request === undefined
    ? null
    : { trace: `1-0-1 request ${request}`, route: `GET /${request}` };

const requestOf = ({ sentFor }: Sender) =>
  sentFor === null ? null : { trace: sentFor.request.trace, route: sentFor.request.route };

const execution = fc.record({
  backend: fc.integer({ min: 1, max: 3 }),
  sql: fc.constantFrom('SELECT 1', 'SELECT 2', 'SELECT $1'),
  line: fc.integer({ min: 1, max: 3 }),
  request: fc.option(fc.integer({ min: 1, max: 3 })),
});

test('what is logged as it was sent is found where it was sent, sessions side by side', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(execution, { maxLength: 30 }),
      fc.infiniteStream(fc.nat()),
      async (sent, random) => {
        // Sessions are logged in any order among each other, each of them in its own.
        const sessions = [...Map.groupBy(sent, ({ backend }) => backend).values()].map((each) => [...each]);
        const inLog: Sent[] = [];
        while (sessions.some((each) => each.length > 0)) {
          const left = sessions.filter((each) => each.length > 0);
          const next = left[random.next().value % left.length]?.shift();
          if (next !== undefined) inLog.push(next);
        }
        const found = await sendersOf(journal(sent), inLog.map(logged));
        expect(found.map(({ place: from }) => from?.line)).toEqual(inLog.map(({ line }) => line));
        expect(found.map(requestOf)).toEqual(inLog.map(({ request }) => toldOf(request)));
        for (const { sentFor } of found) {
          if (sentFor === null) continue;
          const all = sent.filter(({ request }) => `1-0-1 request ${request}` === sentFor.request.trace);
          expect(sentFor.request.executions).toBe(all.length);
        }
      },
    ),
  );
});

test('whatever is missing from the log or from what was written down, no wrong line or request is claimed', async () => {
  const either = fc.tuple(execution, fc.constantFrom('both', 'both', 'only sent', 'only logged'));
  await fc.assert(
    fc.asyncProperty(fc.array(either, { maxLength: 20 }), async (all) => {
      const sent = all.flatMap(([each, where]) => (where === 'only logged' ? [] : [each]));
      const inLog = all.flatMap(([each, where]) => (where === 'only sent' ? [] : [each]));
      const found = await sendersOf(journal(sent), inLog.map(logged));
      for (const [index, { backend, sql }] of inLog.entries()) {
        const line = found[index]?.place?.line ?? null;
        const told = found[index] === undefined ? null : requestOf(found[index]);
        const lines = sent
          .filter((each) => each.backend === backend && each.sql === sql)
          .map((each) => each.line);
        if (line !== null) expect(lines).toContain(line);
        // Sent from several lines and not as often as it was logged: nobody knows which is which.
        const times = inLog.filter((each) => each.backend === backend && each.sql === sql).length;
        if (new Set(lines).size > 1 && lines.length !== times) expect(line).toBeNull();
        const requests = sent
          .filter((each) => each.backend === backend && each.sql === sql)
          .map(({ request }) => request);
        if (told !== null) expect(requests.map(toldOf)).toContainEqual(told);
        if (new Set(requests).size > 1 && lines.length !== times) expect(told).toBeNull();
      }
    }),
  );
});

test('what a killed program cut off, or somebody else wrote, is left out', async () => {
  const sent = { backend: 7, sql: 'SELECT 1', line: 3 };
  const broken = `${journal([sent])}{"place":1,"frames":[{"file":1}]}\nnull\n[1,2]\n{"text":5,"sq`;
  expect(await locate(broken, [logged(sent)])).toEqual([3]);
});

test('lines of a request come in the order in which its program sent them, with one route', () => {
  const request = { trace: 'a request 1', route: 'GET /a', executions: 4 };
  const other = { trace: 'a request 2', route: 'GET /b', executions: 3 };
  const lines = new RequestLines();
  const add = (order: number, trace: string, of = request, route?: string) =>
    lines.add(
      { request: of, order },
      { trace, sql: `${order}`, ...(route === undefined ? {} : { route }) },
      9,
    );
  expect(add(3, 'x')).toEqual([]);
  expect(add(7, 'x', other)).toEqual([]);
  expect(add(4, 'x', request, 'GET /told')).toEqual([]);
  // Any of several, which stays where its session sent it.
  expect(add(2, 'x')).toEqual([]);
  const trace = 'a request 1';
  const route = 'GET /told';
  expect(add(1, 'y')).toEqual(['1', '3', '4', '2'].map((sql) => ({ sql, trace, route })));
  expect(add(6, 'y', other)).toEqual([]);
  // The third failed.
  expect(lines.rest()).toEqual(['6', '7'].map((sql) => ({ sql, trace: 'a request 2', route: 'GET /b' })));
  expect(lines.rest()).toEqual([]);
});

test('requests that never end do not grow', () => {
  const lines = new RequestLines();
  const request = { trace: 'a', route: 'GET /a', executions: 1_000_000 };
  const given = Array.from({ length: 100 }, (_, order) =>
    lines.add({ request, order }, { trace: 'x' }, 1024 ** 2),
  );
  expect(given.some((each) => each.length > 0)).toBe(true);
  expect(given.flat().length + lines.rest().length).toBe(100);
});

test('a comment that differs by call is no part of the text', async () => {
  const sql = "SELECT 1 /*traceparent='00-1'*/;";
  expect(
    await locate(journal([{ backend: 7, sql, line: 3 }]), [logged({ backend: 7, sql: 'SELECT 1', line: 3 })]),
  ).toEqual([3]);
});

test('a line that others send their queries through is a layer, and those lines are told', () => {
  const frames = (...lines: readonly number[]) => lines.map(place);
  const calls = [1, 2, 3].map((each) => ({ sql: `SELECT ${each}`, frames: frames(50, 60, each, 99) }));
  const layers = layersIn([...calls, { sql: 'SELECT 9', frames: frames(70, 71) }]);
  expect(calls.map(({ frames: of }) => innermost(of, layers)?.line)).toEqual([1, 2, 3]);
  expect(innermost(frames(70, 71), layers)?.line).toBe(70);
  // One text from many lines is decided where it is written.
  const shared = [1, 2, 3, 4].map((each) => ({ sql: 'SELECT 1', frames: frames(50, each) }));
  expect(innermost(frames(50, 1), layersIn(shared))?.line).toBe(50);
  // Many texts for one caller are built where they are sent.
  const built = [1, 2, 3, 4].map((each) => ({ sql: `SELECT ${each}`, frames: frames(50, 1) }));
  expect(innermost(frames(50, 1), layersIn(built))?.line).toBe(50);
});
