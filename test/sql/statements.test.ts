import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { skipBlanks, statementsOf } from '../../src/sql/statements.ts';

function split(text: string) {
  const parsed = statementsOf(text);
  if (parsed.kind === 'unreadable') throw new Error(parsed.problem.message);
  return parsed.value.map(({ sql, line, endLine }) => ({ sql, line, endLine }));
}

describe('statementsOf', () => {
  test('finds statements behind comments, at their lines', () => {
    expect(split('-- é😀\nSELECT 1;\n\n /* a /* b */ */ CREATE TABLE x (\n  a int\n);')).toEqual([
      { sql: 'SELECT 1', line: 2, endLine: 2 },
      { sql: 'CREATE TABLE x (\n  a int\n)', line: 4, endLine: 6 },
    ]);
  });

  test('leaves semicolons in strings and bodies alone', () => {
    expect(split("SELECT ';'; DO $$ BEGIN PERFORM 1; END $$").map(({ sql }) => sql)).toEqual([
      "SELECT ';'",
      'DO $$ BEGIN PERFORM 1; END $$',
    ]);
  });

  test.each(['', '  \n', '-- nothing', '/* nothing */ ;;'])('finds none in %j', (text) => {
    expect(split(text)).toEqual([]);
  });

  test('says where a text stops being SQL, in UTF-16 units', () => {
    expect(statementsOf("SELECT '😀' fro bar baz")).toEqual({
      kind: 'unreadable',
      problem: { message: 'syntax error at or near "bar"', offset: 16 },
    });
  });

  test('survives nesting that exhausts the parser', () => {
    expect(statementsOf(`SELECT 1${'+1'.repeat(60_000)}`).kind).toBe('unreadable');
    expect(split('SELECT 1')).toHaveLength(1);
  });

  test('reads a statement of 5 MB', () => {
    expect(split(`SELECT '${'é'.repeat(2_500_000)}';\nSELECT 2`)[1]).toEqual({
      sql: 'SELECT 2',
      line: 2,
      endLine: 2,
    });
  });

  const statement = fc.constantFrom(
    'SELECT 1',
    "SELECT 'é😀;'",
    'CREATE TABLE "t;x" (a int)',
    'DO $body$ BEGIN NULL; END $body$',
    'INSERT INTO t VALUES ($1,\n  $2)',
  );
  const blank = fc.constantFrom(' ', '\n', '-- é;\n', '/* /* ; */ 😀 */', '\t');

  test('puts back together what it took apart', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.array(blank), statement, fc.array(fc.constantFrom(' ', '\n')))),
        (parts) => {
          const text = parts
            .map(([before, sql, after]) => `${before.join('')}${sql}${after.join('')};`)
            .join('');
          const parsed = statementsOf(text);
          expect(parsed.kind).toBe('parsed');
          if (parsed.kind === 'unreadable') return;
          expect(parsed.value.map(({ sql }) => sql)).toEqual(parts.map(([, sql]) => sql));
          for (const { sql, offset, line, endLine } of parsed.value) {
            expect(text.slice(offset, offset + sql.length)).toBe(sql);
            expect(line).toBe(text.slice(0, offset).split('\n').length);
            expect(endLine).toBe(line + sql.split('\n').length - 1);
          }
        },
      ),
    );
  });
});

test('skipBlanks stops at the first character of a statement', () => {
  fc.assert(
    fc.property(fc.array(blankText), (blanks) => {
      const before = blanks.join('');
      expect(skipBlanks(`${before}SELECT 1`, 0)).toBe(before.length);
    }),
  );
});

const blankText = fc.constantFrom(' ', '\n', '-- x\n', '/* /* */ -- */', '\r\n');
