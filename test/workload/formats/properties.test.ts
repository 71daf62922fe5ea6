import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { CapturedQuery } from '../../../src/model/query.ts';
import type { CaptureFormat } from '../../../src/workload/formats/format.ts';
import { formats } from '../../../src/workload/formats/formats.ts';

/** Parts that records of all formats are made of, so that arbitrary texts get further than to the first line. */
const fragment = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    ...[
      '\n',
      '\t',
      '"',
      "'",
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '\\',
      '$1',
      '\r\n',
      '\u001b[32m',
      "/*a='b'*/",
      ';',
    ],
    ...[
      '2026-11-20 09:14:02.497 UTC [744] LOG:  ',
      'duration: 1.5 ms  ',
      'statement: ',
      'execute <unnamed>: ',
      'plan:\n',
    ],
    ...[
      'DETAIL:  parameters: ',
      "$1 = 'x'",
      '{"timestamp":"2026-11-20 09:14:02.497 UTC","error_severity":"LOG","message":"statement: ',
    ],
    ...[
      '{"resourceSpans":[',
      '{"resource":{"attributes":[]},',
      '"scopeSpans":[{"spans":[',
      '{"spanId":"a","attributes":[{"key":"db.statement","value":{"stringValue":"',
    ],
    ...[
      'queryid,query,calls\n',
      '{"query":"',
      '","calls":1}',
      'SELECT 1 FROM t',
      '{"sql":"',
      '","params":["',
    ],
    ...[
      'query: ',
      ' -- PARAMETERS: [1]',
      'Query: ',
      ' -- params: [1]',
      'prisma:query ',
      'Executing (default): ',
      '"__knexUid":"a"',
    ],
    ...[
      '  User Load (0.2ms)  ',
      '  ↳ app/a.rb:1',
      '(0.001) ',
      '; args=(1,)',
      'sqlalchemy.engine.Engine ',
      '[generated in 0.1s] (1,)',
    ],
    ...[
      'org.hibernate.SQL - ',
      'binding parameter (1:INTEGER) <- [1]',
      '1|0|statement|connection 3|',
      "Executed DbCommand (1ms) [Parameters=[@a='1'], CommandType=",
      '[1.5ms] [rows:1] ',
    ],
  ),
);
const capture = fc.array(fragment, { maxLength: 40 }).map((parts) => Buffer.from(parts.join('')));

interface Read {
  readonly statements: readonly CapturedQuery[];
  readonly unreadable: number;
  readonly unchecked: number;
}

async function read(format: CaptureFormat, content: Uint8Array, size = content.length): Promise<Read> {
  async function* chunks() {
    for (let at = 0; at < content.length; at += size) yield content.subarray(at, at + size);
  }
  const statements: CapturedQuery[] = [];
  let unreadable = 0;
  let unchecked = 0;
  for await (const part of format.read({ path: 'capture', open: chunks })) {
    statements.push(...part.statements);
    unreadable += part.unreadable;
    unchecked += part.unchecked?.length ?? 0;
  }
  return { statements, unreadable, unchecked };
}

describe.each(formats.map((format) => [format.name, format] as const))('%s', (_, format) => {
  test('no bytes bring it down, and wherever they are cut, the same is read', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(capture, fc.uint8Array({ maxLength: 500 })),
        fc.integer({ min: 1, max: 70 }),
        async (content, size) => {
          const whole = await read(format, content);
          expect(await read(format, content, size)).toEqual(whole);
        },
      ),
      { numRuns: 150 },
    );
  });

  test('no beginning brings it down', () => {
    fc.assert(
      fc.property(capture, (content) => {
        expect(typeof format.recognises(content.toString('utf8'), 'capture.json')).toBe('boolean');
      }),
    );
  });
});

function named(name: string): CaptureFormat {
  const format = formats.find((each) => each.name === name);
  if (format === undefined) throw new Error(`there is no format ${name}`);
  return format;
}

/** Whatever a client can send: no NUL, and no comment that says where it comes from, which is taken off. */
const text = fc
  .string({ unit: 'binary', maxLength: 60 })
  .filter((value) => !/[\0\ud800-\udfff]/.test(value) && !value.includes('/*') && !value.includes('\r'));
const literal = text.map((value) => `'${value.replaceAll("'", "''")}'`);
const statement = literal.map((value) => `SELECT ${value} FROM t`);
const executions = fc.array(
  fc.record({
    sql: statement,
    params: fc.array(fc.option(text.filter((value) => !value.endsWith('...'))), { maxLength: 3 }),
    ms: fc.integer({ min: 0, max: 1e6 }).map((value) => value / 1000),
  }),
  { minLength: 1, maxLength: 5 },
);

type Execution = typeof executions extends fc.Arbitrary<(infer T)[]> ? T : never;

const message = ({ sql, ms }: Execution) => `duration: ${ms.toFixed(3)} ms  execute a: ${sql}`;
const detail = ({ params }: Execution) =>
  `Parameters: ${params.map((value, index) => `$${index + 1} = ${value === null ? 'NULL' : `'${value.replaceAll("'", "''")}'`}`).join(', ')}`;
const csv = (value: string) => `"${value.replaceAll('"', '""')}"`;
const time = '2026-11-20 09:14:02.497 UTC';

/** How each format is written, as far as it is known from the sources of what writes it. */
const writers: Readonly<Record<string, (execution: Execution) => string>> = {
  jsonlog: (execution) =>
    `${JSON.stringify({ timestamp: time, session_id: 's', error_severity: 'LOG', message: message(execution), ...(execution.params.length > 0 ? { detail: detail(execution) } : {}) })}\n`,
  csvlog: (execution) =>
    `${time},"u","d",7,"h",s,1,"SELECT",${time},3/1,0,LOG,00000,${csv(message(execution))},${execution.params.length > 0 ? csv(detail(execution)) : ''},,,,,,,,"app","client backend",,0\n`,
  stderr: (execution) => {
    const part = (name: string, value: string) => `${time} [7] ${name}:  ${value.replaceAll('\n', '\n\t')}\n`;
    return `${part('LOG', message(execution))}${execution.params.length > 0 ? part('DETAIL', detail(execution)) : ''}`;
  },
  ndjson: ({ sql, params, ms }) =>
    `${JSON.stringify({ sql, durationMs: ms, ...(params.length > 0 ? { params } : {}) })}\n`,
  otlp: ({ sql, params, ms }) => {
    const values = params.map((value) => (value === null ? {} : { stringValue: value }));
    const attributes = [
      { key: 'db.query.text', value: { stringValue: sql } },
      ...(params.includes(null) || params.length === 0
        ? []
        : [{ key: 'db.postgresql.values', value: { arrayValue: { values } } }]),
    ];
    const span = {
      traceId: 'a',
      spanId: 'b',
      startTimeUnixNano: '1000',
      endTimeUnixNano: String(1000 + Math.round(ms * 1e6)),
      attributes,
    };
    return `${JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] })}\n`;
  },
};

describe.each(Object.entries(writers))('%s', (name, write) => {
  test('what was written is read back', async () => {
    await fc.assert(
      fc.asyncProperty(executions, fc.integer({ min: 1, max: 100 }), async (all, size) => {
        const { statements, unreadable } = await read(
          named(name),
          Buffer.from(all.map(write).join('')),
          size,
        );
        expect(unreadable).toBe(0);
        expect(statements.map(({ sql }) => sql)).toEqual(all.map(({ sql }) => sql));
        for (const [index, { params, ms }] of all.entries()) {
          const isKnown = params.length > 0 && !(name === 'otlp' && params.includes(null));
          expect(statements[index]?.params).toEqual(isKnown ? params : null);
          expect(statements[index]?.durationMs).toBeCloseTo(ms, 2);
        }
      }),
    );
  });
});

describe.each([
  [
    'pg_stat_statements',
    (rows: readonly string[]) => `calls,query\n${rows.map((sql) => `3,${csv(sql)}\n`).join('')}`,
  ],
  [
    'pg_stat_statements-json',
    (rows: readonly string[]) => JSON.stringify(rows.map((query) => ({ query, calls: 3 }))),
  ],
  ['sqlx', ([query = '']: readonly string[]) => JSON.stringify({ db_name: 'PostgreSQL', query, hash: 'a' })],
] as const)('%s', (name, write) => {
  test('what was written is read back', async () => {
    const one = name === 'sqlx' ? 1 : 5;
    await fc.assert(
      fc.asyncProperty(fc.array(statement, { minLength: 1, maxLength: one }), async (rows) => {
        const { statements, unreadable } = await read(named(name), Buffer.from(write(rows)), 17);
        expect(unreadable).toBe(0);
        expect(statements.map(({ sql }) => sql)).toEqual(rows);
      }),
    );
  });
});
