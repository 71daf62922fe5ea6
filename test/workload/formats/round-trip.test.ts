import { inspect } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { CapturedQuery } from '../../../src/model/query.ts';
import { formats } from '../../../src/workload/formats/formats.ts';
import { readLiteral, unknownValue } from '../../../src/workload/formats/orm/literal.ts';
import { readJson } from '../../../src/workload/formats/values.ts';

/** What is printed as a library prints it is read back, whatever the values and the lines around. */

/** Texts that are hard to tell from what stands around them. */
const hostileText = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom(
        "'",
        '"',
        '\\',
        '\n',
        '\t',
        ' ',
        '?',
        '$1',
        ':id',
        '%(id)s',
        '%',
        ']',
        '[',
        '(',
        '{',
        ' -- PARAMETERS: [1]',
        ' -- params: []',
        '; args=(1,)',
        '; 1, 2',
        ' Elapsed time: 2ms',
        ' [took 1 ms, 1 result]',
        '\nquery: SELECT 2',
        '\nQuery: select 2',
        '\nExecuting (default): SELECT 2;',
        'FROM x',
        '/*a*/',
        '--',
        '\u0000',
        '\u2028',
      ),
    ),
    { maxLength: 6 },
  )
  .map((parts) => parts.join('').replaceAll('\0', '').replaceAll('\r', '').replaceAll('\u001b', ''));

const value = fc.oneof(
  hostileText,
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.array(hostileText, { maxLength: 3 }),
);
const values = fc.array(value, { minLength: 1, maxLength: 4 });

async function readAs(name: string, text: string): Promise<readonly CapturedQuery[]> {
  const format = formats.find((each) => each.name === name);
  async function* open() {
    yield Buffer.from(text);
  }
  const found: CapturedQuery[] = [];
  if (format !== undefined)
    for await (const part of format.read({ path: 'captured', open })) found.push(...part.statements);
  return found;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A statement of several lines, with a literal in it and a parameter for each value. */
function statementOf(literal: string, count: number, parameter: (number: number) => string): string {
  const list = Array.from({ length: count }, (_, index) => parameter(index + 1)).join(', ');
  return `SELECT id\n  FROM t\nWHERE a = ${quoted(literal)} AND f(${list})`;
}

const dollar = (number: number) => `$${number}`;

type Printer = (sql: string, values: readonly unknown[]) => string;

/** Printers as the sources of the libraries have them; all are run for real in libraries.test.ts. */
const withValues: Readonly<Record<string, Printer>> = {
  typeorm: (sql, list) => `query: ${sql} -- PARAMETERS: ${JSON.stringify(list)}`,
  drizzle: (sql, list) => `Query: ${sql} -- params: [${list.map((each) => JSON.stringify(each)).join(', ')}]`,
  sequelize: (sql, list) =>
    `Executing (default): ${sql}; ${list.map((each) => JSON.stringify(each)).join(', ')}`,
  prisma: (sql, list) =>
    JSON.stringify({
      timestamp: '2026-11-20T09:14:02.497Z',
      duration: 2,
      query: sql,
      params: JSON.stringify(list),
      target: 'ClientEngine',
    }),
  knex: (sql, list) => JSON.stringify({ __knexUid: 'a', __knexQueryUid: 'b', bindings: list, sql }),
  rails: (sql, list) =>
    `  T Load (0.2ms)  ${sql}  [${list.map((each) => `["a", ${rubyOf(each)}]`).join(', ')}]`,
};

function rubyOf(each: unknown): string {
  if (each === null) return 'nil';
  if (Array.isArray(each)) return `[${each.map(rubyOf).join(', ')}]`;
  // Ruby writes texts in double quotes, with \e and \#{ beyond what JSON has.
  return typeof each === 'string' ? JSON.stringify(each).replaceAll('#{', '\\#{') : String(each);
}

describe.each(Object.entries(withValues))('%s', (name, print) => {
  test('statements of several lines and their values come back, with other lines between', async () => {
    await fc.assert(
      fc.asyncProperty(hostileText, values, fc.boolean(), async (literal, list, isBetween) => {
        // What a line begins with is what tells an execution: a literal that holds such a line cannot be told.
        fc.pre(!/\n(?:query: |Query: |Executing )/.test(literal));
        const sql = statementOf(literal, list.length, dollar);
        const between = isBetween ? '\nGET /orders 200\n' : '\n';
        const read = await readAs(
          name,
          `Server ready\n${print(sql, list)}${between}${print('SELECT 2', [1])}\ndone\n`,
        );
        expect(read.map((each) => each.sql)).toEqual([sql, 'SELECT 2']);
        expect(read.map(({ params }) => params)).toEqual([list, [1]]);
      }),
      { numRuns: 1000 },
    );
  });
});

/** Those that print values within the statement, or none. */
const withoutValues: Readonly<Record<string, (sql: string) => string>> = {
  kysely: (sql) => `kysely:query: ${sql}\nkysely:query: duration: 1.2ms`,
  'mikro-orm': (sql) => `[query] ${sql} [took 1 ms, 1 result]`,
  django: (sql) => `(0.001) ${sql}; args=(); alias=default`,
  sqlalchemy: (sql) =>
    `2026-11-20 09:14:02,497 INFO sqlalchemy.engine.Engine ${sql.replaceAll('%', '%%')}\n2026-11-20 09:14:02,497 INFO sqlalchemy.engine.Engine [generated in 0.0001s] {}`,
};

describe.each(Object.entries(withoutValues))('%s', (name, print) => {
  test('statements of several lines come back, with other lines between', async () => {
    await fc.assert(
      fc.asyncProperty(hostileText, async (literal) => {
        const sql = statementOf(literal, 1, String);
        const read = await readAs(
          name,
          `Server ready\n${print(sql)}\nGET /orders 200\n${print('SELECT 2')}\ndone\n`,
        );
        expect(read.map((each) => each.sql)).toEqual([sql, 'SELECT 2']);
      }),
      { numRuns: 1000 },
    );
  });
});

test('Laravel: question marks in texts are none of its parameters', async () => {
  await fc.assert(
    fc.asyncProperty(hostileText, values, async (literal, bindings) => {
      const sql = statementOf(literal, bindings.length, () => '?');
      const line = `[2026-11-20 09:14:02] local.DEBUG: query ${JSON.stringify({ sql, bindings, time: 0.5 })}  `;
      const [read] = await readAs('laravel', `${line}\n`);
      expect(read?.sql).toBe(statementOf(literal, bindings.length, dollar));
      expect(read).toMatchObject({ params: bindings, durationMs: 0.5 });
    }),
  );
});

describe('values as languages print them', () => {
  test('Node.js: what util.inspect prints is read back', () => {
    const printable = fc.letrec((tie) => ({
      any: fc.oneof({ maxDepth: 3 }, hostileText, fc.integer(), fc.boolean(), fc.constant(null), tie('list')),
      list: fc.array(tie('any'), { maxLength: 4 }),
    })).list;
    fc.assert(
      fc.property(printable, (list) => {
        const options = { depth: null, maxArrayLength: null, maxStringLength: null } as const;
        expect(readLiteral(inspect(list, options))).toEqual(list);
      }),
      { numRuns: 300 },
    );
  });

  test.each([
    [
      `{'a': 1, 'b': None, 'c': [1, 2], 'd': 'it\\'s', 'e': True}`,
      { a: 1, b: null, c: [1, 2], d: "it's", e: true },
    ],
    ["(1, 'x')", [1, 'x']],
    ['(1,)', [1]],
    ["{'a': datetime.datetime(2026, 1, 2, 3, 4)}", { a: '2026-01-02 03:04:00.000000' }],
    [
      'datetime.datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=datetime.timezone.utc)',
      '2026-01-02 03:04:05.000006 UTC',
    ],
    ['datetime.date(2026, 1, 2)', '2026-01-02'],
    ["Decimal('12.50')", '12.50'],
    ["UUID('0fc99d8e-5d58-496d-a55f-cf38d5c45e76')", '0fc99d8e-5d58-496d-a55f-cf38d5c45e76'],
    ["b'\\x00\\'\\\\\\xff'", '\\x00275cff'],
    ['9007199254740993', '9007199254740993'],
    ['<psycopg2.extensions.Binary object at 0x7f>', unknownValue],
    ["{'a': datetime.datetime(2026, 1, 2, tzinfo=zoneinfo.ZoneInfo(key='Europe/Berlin'))}", unknownValue],
    [
      '[["id", 1], [nil, "\\e[31m\\u{1F418}"]]',
      [
        ['id', 1],
        [null, '\u001b[31m🐘'],
      ],
    ],
    [
      '[ 2026-11-20T09:14:02.497Z, <Buffer 00 ff>, 1n, undefined ]',
      ['2026-11-20T09:14:02.497Z', '\\x00ff', 1, null],
    ],
    [`${'['.repeat(200)}${']'.repeat(200)}`, unknownValue],
    ["'no end", unknownValue],
  ])('%s', (text, expected) => {
    expect(readLiteral(text)).toEqual(expected);
  });

  test('no text brings it down', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), hostileText, fc.json()), (text) => void readLiteral(text)));
  });
});

test('JSON: integers that a number does not hold are texts, and texts stay as they are', () => {
  expect(readJson('[9007199254740993, {"a": -12345678901234567890}, "1, 9007199254740993]", 12]')).toEqual([
    '9007199254740993',
    { a: '-12345678901234567890' },
    '1, 9007199254740993]',
    12,
  ]);
  const numbers = fc.oneof(fc.maxSafeInteger(), fc.double({ min: -1e15, max: 1e15, noNaN: true }));
  fc.assert(
    fc.property(fc.array(fc.oneof(hostileText, numbers, fc.dictionary(hostileText, hostileText))), (json) => {
      expect(readJson(JSON.stringify(json))).toEqual(JSON.parse(JSON.stringify(json)));
    }),
  );
});

test.each(['rails', 'sqlalchemy', 'typeorm', 'sequelize', 'mikro-orm', 'django', 'prisma'])(
  '%s: a long log of the application after a statement is let go',
  async (name) => {
    const statement: Readonly<Record<string, string>> = {
      rails: '  Order Load (0.2ms)  SELECT 1',
      sqlalchemy: 'INFO sqlalchemy.engine.Engine SELECT 1',
      typeorm: 'query: SELECT 1',
      sequelize: 'Executing (default): SELECT 1',
      'mikro-orm': '[query] SELECT 1',
      django: '(0.001) SELECT 1; args=()',
      prisma: 'prisma:query SELECT 1',
    };
    const others = 'GET /orders 200 [1ms]\n'.repeat(50_000);
    const read = await readAs(name, `${statement[name]}\n${others}${statement[name]}\n`);
    expect(read.map(({ sql }) => sql)).toEqual(['SELECT 1', 'SELECT 1']);
  },
);
