import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parse } from '../../src/sql/grammar.ts';
import { quoteIdentifier, quoteQualified, unquoted } from '../../src/sql/identifier.ts';
import { topLevelKeyword } from '../../src/sql/keyword.ts';
import { renameColumn } from '../../src/sql/rename-column.ts';

describe('quoteIdentifier', () => {
  test.each([
    ['orders', 'orders'],
    ['Orders', '"Orders"'],
    ['select', '"select"'],
    ['user', '"user"'],
    ['left', '"left"'],
    ['a"b', '"a""b"'],
    ['1st', '"1st"'],
  ])('%j', (name, sql) => expect(quoteIdentifier(name)).toBe(sql));

  test('is read back as the name', () => {
    const name = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 15 })
      // PostgreSQL cuts names off after 63 bytes (NAMEDATALEN).
      .filter((text) => !text.includes('\0') && Buffer.byteLength(text) <= 63);
    fc.assert(
      fc.property(name, (text) => {
        const parsed = parse(`SELECT ${quoteIdentifier(text)} FROM ${quoteIdentifier(text)}`);
        expect(JSON.stringify(parsed)).toContain(`"relname":${JSON.stringify(text)}`);
      }),
    );
  });

  test('names with a schema', () =>
    expect(quoteQualified('public.Order Items')).toBe('public."Order Items"'));
});

test.each([
  ['UPDATE t SET a = (SELECT b FROM c WHERE d) WHERE e', 'WHERE', 43],
  ["UPDATE t SET a = ' WHERE ' -- WHERE", 'WHERE', null],
  ['UPDATE t SET "where" = 1', 'WHERE', null],
  ["UPDATE t SET é = 'ü' where x", 'WHERE', 21],
])('topLevelKeyword(%j)', (sql, keyword, offset) => expect(topLevelKeyword(sql, keyword)).toBe(offset));

test.each([
  [
    "CHECK ((a > 0) AND (a(a) <> 'a'::text))",
    'a',
    'b c',
    'CHECK (("b c" > 0) AND (a("b c") <> \'a\'::text))',
  ],
  ['CHECK (("É" > \'é\') AND ("É" < 1))', 'É', 'e', "CHECK ((e > 'é') AND (e < 1))"],
  ['FOREIGN KEY (a) REFERENCES t(a)', 'a', 'b', 'FOREIGN KEY (b) REFERENCES t(a)', 15],
])('renameColumn(%j)', (definition, column, name, renamed, to = definition.length) =>
  expect(renameColumn(definition, column, name, { from: 0, to })).toBe(renamed),
);

test('what is quoted is read back', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (name) => {
      expect(unquoted(`"${name.replaceAll('"', '""')}"`)).toBe(name);
    }),
  );
});

test.each(['id', 'lower(b)', `("A" || "B")`, '"a" || "b"'])('%s is not quoted as a whole', (text) => {
  expect(unquoted(text)).toBe(text);
});
