import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { CapturedQuery } from '../../../src/model/query.ts';
import type { Session } from '../../../src/model/server.ts';
import { type Recording, recordStatements } from '../../../src/workload/capture/record.ts';
import type { CaptureFile } from '../../../src/workload/formats/format.ts';
import { formats } from '../../../src/workload/formats/formats.ts';
import { readLine } from '../../../src/workload/formats/ndjson.ts';
import { readWorkload, type Workload } from '../../../src/workload/read.ts';
import { openCapture } from '../../../src/workload/stream/open.ts';
import { TestProject } from '../../support/project.ts';
import { TestServer } from '../../support/server.ts';

/** Libraries as npm has them, run against a real server: what they log is what is read. */

const programs = join(import.meta.dirname, '..', '..', 'fixtures', 'captures', 'libraries');

let server: TestServer;
let database: string;
let session: Session;
beforeAll(async () => {
  server = await TestServer.start(18, 60_000, true);
  database = await server.database(readFileSync(join(programs, 'schema.sql'), 'utf8'));
  session = await server.sandbox.connect(database, 'owner');
});
afterAll(async () => {
  await session[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

interface Run {
  readonly program: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** What is known of values: what was bound, what stands in the text, or nothing. */
  readonly values: 'bound' | 'in the text' | 'none';
  /** Columns whose value is logged in a way that does not tell it. */
  readonly lost?: readonly string[];
  readonly format?: 'ndjson';
  /** Whether every execution has its time. */
  readonly isTimed?: boolean;
  readonly route?: string;
}

const runs: Readonly<Record<string, Run>> = {
  'Prisma, events': { program: ['prisma.mjs'], values: 'bound', lost: ['picture'], isTimed: true },
  'Prisma, stdout': { program: ['prisma.mjs'], environment: { EMIT: 'stdout' }, values: 'none' },
  'Prisma, tracing': {
    program: ['collector.mjs', 'prisma-tracing.mjs'],
    values: 'none',
    isTimed: true,
    route: '/orders/:id',
  },
  TypeORM: { program: ['typeorm.mjs'], values: 'bound' },
  'TypeORM, formatted': {
    program: ['typeorm.mjs'],
    environment: { LOGGER: 'formatted-console' },
    values: 'bound',
  },
  Drizzle: { program: ['drizzle.mjs'], values: 'bound' },
  Knex: { program: ['knex.mjs'], values: 'bound' },
  Sequelize: { program: ['sequelize.mjs'], values: 'bound' },
  'Sequelize, benchmark': {
    program: ['sequelize.mjs'],
    environment: { BENCHMARK: 'yes' },
    values: 'bound',
    isTimed: true,
  },
  Kysely: { program: ['kysely.mjs'], environment: { LOG: 'query' }, values: 'none', isTimed: true },
  'Kysely, our own form': { program: ['kysely.mjs'], values: 'bound', format: 'ndjson', isTimed: true },
  MikroORM: { program: ['mikro-orm.mjs'], values: 'none', isTimed: true },
  'MikroORM, all messages': {
    program: ['mikro-orm.mjs'],
    environment: { DEBUG_ALL: 'yes' },
    values: 'in the text',
    // It prints a text without its line breaks, and colours are taken off.
    lost: ['status'],
    isTimed: true,
  },
  'postgres.js, our own form': { program: ['postgres-js.mjs'], values: 'bound', format: 'ndjson' },
  OpenTelemetry: {
    program: ['collector.mjs', 'opentelemetry.cjs'],
    values: 'bound',
    isTimed: true,
    route: 'GET /orders/:id',
  },
};

interface Read {
  readonly workload: Workload;
  readonly statements: readonly CapturedQuery[];
}

async function run({ program, environment = {}, format }: Run): Promise<Read> {
  await session.query('DELETE FROM orders WHERE id = 100');
  const { host, port, user, password } = server.sandbox.address(database);
  const output = execFileSync(process.execPath, ['--no-warnings', ...program], {
    cwd: programs,
    env: {
      PATH: process.env['PATH'],
      URL: `postgres://${user}:${password}@${host}:${port}/${database}`,
      ...environment,
    },
    encoding: 'utf8',
  });
  const name = format === 'ndjson' ? 'log.ndjson' : 'captured';
  const isJson = format === 'ndjson' || program[0] === 'collector.mjs';
  const around = isJson ? '' : 'Server listening on port 3000\n';
  using project = new TestProject({ [name]: `${around}${output}${around}` });
  const content = Buffer.from(`${around}${output}${around}`);
  return {
    workload: await readWorkload(project.root, [`shop=${name}`]),
    statements: await statementsIn({ path: name, open: () => openCapture(content) }),
  };
}

async function statementsIn(file: CaptureFile): Promise<readonly CapturedQuery[]> {
  const beginning = (await buffer(file.open())).toString('utf8');
  const format = formats.find((each) => each.recognises(beginning, file.path));
  const statements: CapturedQuery[] = [];
  if (format !== undefined) for await (const part of format.read(file)) statements.push(...part.statements);
  return statements;
}

const rowOfHostile = `
  SELECT to_jsonb(orders) || jsonb_build_object('big', big::text) AS row FROM orders WHERE id = 100`;

async function hostileRow(): Promise<Readonly<Record<string, unknown>>> {
  const [found] = await session.query(rowOfHostile);
  return { ...(found?.['row'] as object) };
}

describe.each(Object.entries(runs))('%s', (_, each) => {
  let workload: Workload;
  let statements: readonly CapturedQuery[];
  beforeAll(async () => {
    ({ workload, statements } = await run(each));
  });

  test('times are known where the library tells them', () => {
    const isTimed = statements.map(
      ({ sql, durationMs }) => durationMs !== null || /^(?:begin|commit)/i.test(sql),
    );
    expect(isTimed.every((known) => known)).toBe(each.isTimed ?? false);
  });

  test('is read: the same query three times, others once, and nothing else', () => {
    expect(workload.unchecked).toEqual([]);
    const select = workload.queries.find(({ sql }) => /^select .*from "?(?:public"\."|)orders"?/is.test(sql));
    expect(select).toMatchObject({ calls: 3, origins: [{ service: 'shop' }] });
    // A value that was not told is none, rather than a wrong one.
    expect(
      workload.queries.filter(({ sql }) => /picture = /.test(sql)).flatMap(({ samples }) => samples),
    ).toEqual([]);
    const update = workload.queries.filter(({ sql }) => /^update/i.test(sql));
    expect(update).toMatchObject([{ calls: 1 }]);
    if (each.values === 'bound' && /\$1/.test(select?.sql ?? ''))
      expect(select?.samples.map(([id]) => Number(id))).toEqual([1, 2, 3]);
    if (each.route !== undefined) expect(select?.origins).toMatchObject([{ route: each.route }]);
  });

  test('hostile values are those that were sent', async () => {
    const insert = workload.queries.find(({ sql }) => /^insert/i.test(sql));
    expect(insert?.calls).toBe(1);
    const [sample] = insert?.samples ?? [];
    expect(sample !== undefined).toBe(each.values === 'bound');
    if (insert === undefined || each.values === 'none') return;
    const sent = await hostileRow();
    await session.query('DELETE FROM orders WHERE id = 100');
    await session.query(insert.sql, sample === undefined ? undefined : [...sample]);
    const read = await hostileRow();
    for (const column of each.lost ?? []) delete (sent as Record<string, unknown>)[column];
    expect(read).toMatchObject(sent);
  });
});

test("SQLCommenter's comments, as libraries write them, tell the origin and are no part of the statement", async () => {
  using project = new TestProject({});
  const file = join(project.root, 'captured.ndjson');
  const recording: Recording = { database, schema: 'migrated', file, findPlaces: async () => null };
  await recordStatements(server.sandbox, recording, async () => {
    await run({ program: ['collector.mjs', 'opentelemetry.cjs'], values: 'none' });
    await run({ program: ['collector.mjs', 'prisma-tracing.mjs'], values: 'none' });
  });
  // Whoever is connected to a server that is recorded is not any more.
  session = await server.sandbox.connect(database, 'owner');
  const written = readFileSync(file, 'utf8').split('\n');
  const statements = written
    .flatMap((line) => readLine(line, 'captured') ?? [])
    .filter((each) => 'sql' in each);
  // A traceparent differs each time.
  const ofPg = statements.filter(({ sql }) => sql.startsWith('SELECT id, status FROM orders WHERE id = $1'));
  expect(ofPg.map(({ sql }) => sql)).toEqual(Array(3).fill('SELECT id, status FROM orders WHERE id = $1'));
  const ofPrisma = statements.filter(({ sql }) => sql.startsWith('SELECT "public"."orders"."id"'));
  expect(ofPrisma.map(({ sql }) => /\/\*/.test(sql))).toEqual([false, false, false]);
  for (const { origin } of ofPrisma)
    expect(origin).toMatchObject({ route: '/orders/:id', file: 'src/orders.ts', line: 31 });
});

/** Logs of libraries that Debian has, written by the programs in captures/record on the same tables. */
interface Recorded {
  readonly select: RegExp;
  /** Values of the three executions; null where they stand in the text. */
  readonly samples: readonly (readonly unknown[])[] | null;
  readonly origins?: readonly object[];
  /** Columns that the values of the hostile row are told of; null where a value among them is not told. */
  readonly hostile: object | null;
  readonly updateSample?: readonly unknown[];
}

const hostileStatus = `it's "q" \\ $1 ? -- params: [1]\n\tline 2; args=(1,) \u001b[31mé🐘`;
const hostile = {
  placed: '2026-11-20T09:14:02.497+00:00',
  big: '9007199254740993',
  total: 12.5,
  paid: null,
};
const rails: Recorded = {
  select: /^SELECT "orders"\.\* FROM "orders" WHERE "orders"\."id"/,
  samples: [
    [1, 1],
    [2, 1],
    [3, 1],
  ],
  origins: [{ route: 'OrdersController#show', file: 'rails.rb', line: 18 }],
  hostile: null,
  updateSample: ['paid', 1, 2],
};
const recordings: Readonly<Record<string, Recorded>> = {
  'django-3.2.25.txt': {
    select: /^SELECT "orders"\."id".* = 1 LIMIT 21$/,
    samples: null,
    hostile: {
      ...hostile,
      // Django doubled the percent sign for the driver, which halved it.
      status: hostileStatus.replace('$1 ? --', '$1 ? %s --').replace('\u001b[31m', ''),
      tags: ['a,b', '"c"', "d'e", '{f}', '\\'],
      notes: { a: [1, null, "it's"], b: { c: '"x"' } },
      picture: '\\x00275cff',
    },
  },
  'sqlalchemy-1.4.46.txt': {
    select: /^SELECT orders\.id/,
    samples: [[1], [2], [3]],
    hostile: null,
    updateSample: ['paid'],
  },
  'rails-6.1.7.10.txt': rails,
  'rails-6.1.7.10-colour.txt': rails,
  'laravel-8.83.26.txt': {
    select: /^select \* from "orders"/,
    samples: [[1], [2], [3]],
    hostile: { ...hostile, status: hostileStatus, tags: ['a,b'], notes: { a: [1, null, "it's"] } },
    updateSample: ['paid', 1, 2],
  },
  'otlp-instrumentation-pg-0.50.0.json': {
    select: /^SELECT id, status/,
    samples: [['1'], ['2'], ['3']],
    origins: [{ route: 'GET /orders/1' }, { route: 'GET /orders/2' }, { route: 'GET /orders/3' }],
    hostile: null,
    updateSample: [[1, 2], '2026-11-20T09:14:02.497Z', null],
  },
};

describe.each(Object.entries(recordings))('%s', (name, expected) => {
  const content = readFileSync(join(programs, '..', 'recorded', name));

  test('is read, with the lines of the application between', async () => {
    using project = new TestProject({ captured: content });
    const { queries, unchecked } = await readWorkload(project.root, ['captured']);
    expect(unchecked).toEqual([]);
    const select = queries.find(({ sql }) => expected.select.test(sql));
    expect(select?.calls).toBe(3);
    expect(select?.samples).toEqual(expected.samples ?? []);
    if (expected.origins !== undefined) expect(select?.origins).toMatchObject(expected.origins);
    const samples = queries.flatMap((query) => query.samples);
    if (expected.updateSample !== undefined) expect(samples).toContainEqual(expected.updateSample);
    const ofSeveralLines = queries.filter(({ sql }) => /^\s*SELECT id\s+FROM orders\s+WHERE/.test(sql));
    expect(ofSeveralLines).toHaveLength(1);
  });

  test('hostile values are those that were sent, or none', async () => {
    using project = new TestProject({ captured: content });
    const { queries } = await readWorkload(project.root, ['captured']);
    const insert = queries.find(({ sql }) => /^insert/i.test(sql) && /"?placed"?/.test(sql));
    if (expected.hostile === null) {
      expect(insert?.samples ?? []).toEqual([]);
      return;
    }
    await session.query('DELETE FROM orders WHERE id = 100');
    const [sample] = insert?.samples ?? [];
    await session.query(insert?.sql ?? '', sample === undefined ? undefined : [...sample]);
    expect(await hostileRow()).toMatchObject(expected.hostile);
  });

  test('cut short anywhere, it brings nothing down', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: content.length }), async (length) => {
        await statementsIn({ path: 'captured', open: () => openCapture(content.subarray(0, length)) });
      }),
      { numRuns: 20 },
    );
  });
});
