import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { commentsOf, statementAt } from '../../src/sql/comments.ts';
import { statementsOf } from '../../src/sql/statements.ts';

function comments(text: string) {
  const parsed = commentsOf(text);
  if (parsed.kind === 'unreadable') throw new Error(parsed.problem.message);
  return parsed.value;
}

function statements(text: string) {
  const parsed = statementsOf(text);
  if (parsed.kind === 'unreadable') throw new Error(parsed.problem.message);
  return parsed.value;
}

describe('comments are found', () => {
  test.each([
    ['-- one', [' one']],
    ['SELECT 1; -- ä\n/* 🙂 */ SELECT 2', [' ä', ' 🙂 ']],
    ['/* a /* b */ c */', [' a /* b */ c ']],
    ["SELECT '-- no', '/* no */'", []],
    ["SELECT E'\\'-- no'", []],
    ['SELECT "-- no"', []],
    ['DO $$ -- no\n/* no */ $$ -- yes', [' yes']],
    ['DO $a$ $$ -- no $$ $a$', []],
    ['SELECT 1 --', ['']],
    ['', []],
  ])('%j', (text, bodies) => expect(comments(text).map(({ body }) => body)).toEqual(bodies));

  test('and an open string is told', () => {
    expect(commentsOf("SELECT '").kind).toBe('unreadable');
  });
});

describe('a comment belongs to the statement', () => {
  test.each([
    ['directly before', 'SELECT 1;\n-- c\nSELECT 2;', 2],
    ['before, with another comment between', '-- c\n-- other\n/* more\nlines */\nSELECT 1;', 1],
    ['that it stands in', 'SELECT 1;\nSELECT\n-- c\n2;\nSELECT 3;', 2],
    ['whose last line it trails', 'SELECT 1;\nSELECT\n2; -- c\nSELECT 3;', 2],
    ['that it trails, at the end', 'SELECT 1;\nSELECT 2 -- c', 2],
    ['that follows on its line', 'SELECT 1; /* c */ SELECT 2;', 2],
    ['and to none where an empty line parts them', '-- c\n\nSELECT 1;', null],
    ['and to none at the end of a file', 'SELECT 1;\n-- c', null],
    ['and to none without statements', '-- c', null],
  ])('%s', (_, text, number) => {
    const all = statements(text);
    const found = comments(text);
    const comment = found.find(({ body }) => body.trim() === 'c');
    if (comment === undefined) throw new Error('there is no comment c');
    const statement = statementAt(comment, found, all);
    expect(statement === null ? null : all.indexOf(statement) + 1).toBe(number);
  });
});

/** Texts with statements and comments, some in strings and bodies. */
const piece = fc.constantFrom(
  'SELECT 1;',
  "SELECT '-- s';",
  "SELECT 'ä🙂',\n  $$ /* b */ $$;",
  'DO $x$ -- d\n$x$;',
  'SELECT /* in /* nested */ */ 2;',
  '-- line\n',
  '/* block\n over lines */',
  '\n',
  '\n\n',
  ' ',
  '--\n',
);

test('comments lie where the text says, in order, and in no string of a statement', () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const text = pieces.join('');
      const found = comments(text);
      // What is left without its comments are the same statements.
      let blanked = text;
      for (const { offset, end, body, line } of found) {
        expect(text.slice(offset, end)).toMatch(/^(--|\/\*)/);
        expect(text.slice(offset + 2)).toContain(body);
        expect(text.slice(0, offset).split('\n')).toHaveLength(line);
        blanked =
          blanked.slice(0, offset) + text.slice(offset, end).replaceAll(/\S/g, ' ') + blanked.slice(end);
      }
      const place = (source: string) => statements(source).map(({ offset, line }) => [offset, line]);
      expect(place(blanked)).toEqual(place(text));
      expect(comments(blanked)).toEqual([]);
    }),
  );
});
