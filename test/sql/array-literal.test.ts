import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Session } from '../../src/model/server.ts';
import { formatArray, parseArray } from '../../src/sql/array-literal.ts';
import { TestServer } from '../support/server.ts';

const elements = fc.array(
  fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.string({
      unit: fc.constantFrom(
        '"',
        '\\',
        '{',
        '}',
        ',',
        ';',
        ' ',
        '\n',
        '\t',
        '\v',
        "'",
        'a',
        'NULL',
        'null',
        '',
      ),
    }),
    fc.constantFrom('', 'NULL', 'null', '\\N', ' ', '{}', 'ü', '\u00a0'),
    fc.constant(null),
  ),
);

test('what is written is read back', () => {
  fc.assert(
    fc.property(elements, fc.constantFrom(',', ';', ':'), (values, delimiter) => {
      expect(parseArray(formatArray(values, delimiter), delimiter)).toEqual(values);
    }),
  );
});

test.each([
  ['{}', []],
  [' { } ', []],
  ['{a,b}', ['a', 'b']],
  ['{ a b , "c" }', ['a b', 'c']],
  ['{NULL,null,"NULL",NU\\LL}', [null, null, 'NULL', 'NULL']],
  ['{a\\,b,c\\ }', ['a,b', 'c ']],
  ['[0:1]={a,b}', ['a', 'b']],
  ['{"{1,2}","{3,NULL}"}', ['{1,2}', '{3,NULL}']],
])('%s', (text, values) => {
  expect(parseArray(text)).toEqual(values);
});

test.each([
  '',
  'a',
  '{',
  '}',
  '{a',
  'a}',
  '{a,}',
  '{,a}',
  '{a,,b}',
  '{"a}',
  '{"a"b}',
  '{a"b"}',
  '{{1},{2}}',
  '{a}b}',
  '{a\\}',
])('%s is none', (text) => {
  expect(parseArray(text)).toBeNull();
});

describe('PostgreSQL agrees', () => {
  let server: TestServer;
  let session: Session;
  beforeAll(async () => {
    server = await TestServer.start(18);
    session = await server.session();
  });
  afterAll(async () => {
    await session[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });
  // PostgreSQL has no text with a zero byte, and none that is no Unicode.
  const texts = elements.filter((values) =>
    values.every((each) => each === null || (!each.includes('\0') && each.isWellFormed())),
  );

  test('on what is read from what it prints, and on what is written', async () => {
    await fc.assert(
      fc.asyncProperty(texts, async (values) => {
        const [row] = await session.query(
          `SELECT ARRAY(SELECT value FROM json_array_elements_text($1::json) WITH ORDINALITY a (value, place)
             ORDER BY place)::text AS printed,
           ARRAY(SELECT value FROM json_array_elements_text($1::json) WITH ORDINALITY a (value, place)
             ORDER BY place) = $2::text[] AS same`,
          [JSON.stringify(values), formatArray(values)],
        );
        expect(parseArray(String(row?.['printed']))).toEqual(values);
        expect(row?.['same']).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test('on which texts are arrays', async () => {
    const soup = fc.string({
      unit: fc.constantFrom('{', '}', ',', '"', '\\', ' ', 'a', 'NULL', 'n'),
      maxLength: 9,
    });
    await fc.assert(
      fc.asyncProperty(soup, async (inside) => {
        const text = `{${inside}}`;
        const [row] = await session.query(
          `SELECT pg_input_is_valid($1, 'text[]') AS valid, CASE WHEN pg_input_is_valid($1, 'text[]')
             THEN coalesce(array_ndims($1::text[]), 1) END AS dimensions,
             CASE WHEN pg_input_is_valid($1, 'text[]') THEN array_to_json($1::text[])::text END AS values`,
          [text],
        );
        const ours = parseArray(text);
        if (row?.['valid'] === true && row['dimensions'] === 1 && row['values'] !== '[]') {
          expect(ours).toEqual(JSON.parse(String(row['values'])));
        } else if (row?.['valid'] !== true) expect(ours).toBeNull();
      }),
      { numRuns: 1_000 },
    );
  });
});
