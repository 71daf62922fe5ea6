import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { changesetsOf } from '../../src/migrations/layouts/liquibase-changesets.ts';
import { blank, blankQuoted, keep, type Range } from '../../src/sql/blank.ts';
import { layoutOf } from '../support/layout.ts';

/** Texts made of what splitters look for, so that they meet it in any order. */
const text = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ...['\n', '\r\n', "'", '"', '$$', '$a$', '/*', '*/', '-- ', ';', 'SELECT 1', '😀', 'ä', "E'\\'"],
        ...[
          '-- +goose Up\n',
          '-- +goose Down\n',
          '-- migrate:up\n',
          '-- migrate:down\n',
          '---- create above / drop below ----\n',
        ],
        ...[
          '--changeset a:1\n',
          '--rollback DROP TABLE a;\n',
          '/* liquibase rollback\n',
          '--ignoreLines:2\n',
        ],
        ...[
          '-- Up Migration\n',
          '-- Down Migration\n',
          '-- atlas:txtar\n',
          '-- migration.sql --\n',
          '\\set a b\n',
        ],
      ),
      fc.string({ maxLength: 5 }).map((each) => each.replaceAll(/[$:{}\\]/g, '')),
    ),
    { maxLength: 30 },
  )
  .map((parts) => parts.join(''));

/** Every character is what it was, or a blank; line breaks stay. */
function expectSamePlaces(before: string, after: string): void {
  expect(after).toHaveLength(before.length);
  for (let index = 0; index < before.length; index += 1) {
    const [was, is] = [before.charAt(index), after.charAt(index)];
    if (was !== is) expect([is, /[\r\n]/.test(was)]).toEqual([' ', false]);
  }
}

test('blanks have the length and the line breaks of what they replace', () => {
  fc.assert(
    fc.property(text, (each) => {
      expectSamePlaces(each, blank(each));
      expect(blank(each).trim()).toBe('');
    }),
  );
});

test('what is kept stands where it stood, and nothing else is left', () => {
  fc.assert(
    fc.property(text, fc.array(fc.nat(200), { maxLength: 6 }), (each, places) => {
      const sorted = places.map((place) => Math.min(place, each.length)).toSorted((a, b) => a - b);
      const ranges: readonly Range[] = Array.from({ length: Math.floor(sorted.length / 2) }, (_, index) => [
        sorted[2 * index] ?? 0,
        sorted[2 * index + 1] ?? 0,
      ]);
      const kept = keep(each, ranges);
      expectSamePlaces(each, kept);
      for (const [from, to] of ranges) expect(kept.slice(from, to)).toBe(each.slice(from, to));
      const rest = keep(kept, []).length;
      expect(rest).toBe(each.length);
    }),
  );
});

test.each([
  [`SELECT 'a''b', "c", d`, `SELECT       ,    , d`],
  [`SELECT E'a\\'b', c`, `SELECT        , c`.replace('SELECT ', 'SELECT ')],
  ['SELECT $$a$$, $t$b$$c$t$, $1', 'SELECT      ,           , $1'],
  ['a /* b /* c */ d */ e', 'a                   e'],
  ['a -- b\nc', 'a     \nc'],
  ["a 'open", 'a      '],
  ['name$a$b', 'name$a$b'],
])('quoted parts of %j', (each, expected) => expect(blankQuoted(each)).toBe(expected));

test('quoted parts are blanked at their places', () => {
  fc.assert(fc.property(text, (each) => expectSamePlaces(each, blankQuoted(each))));
});

describe('what a tool runs of a file stands where it stands in the file', () => {
  test.each([
    ['goose', '1_a.sql', '-- +goose Up\n'],
    ['dbmate', '1_a.sql', '-- migrate:up\n'],
    ['tern', '1_a.sql', ''],
    ['node-pg-migrate', '1_a.sql', ''],
    ['atlas', '1_a.sql', ''],
    ['golang-migrate', '1_a.up.sql', ''],
    ['supabase', '1_a.sql', ''],
  ])('%s', (name, path, before) => {
    const layout = layoutOf(name);
    fc.assert(
      fc.property(text, (each) => {
        const file = { path: `db/${path}`, text: before + each };
        for (const { text: up, down } of layout.order([file]).migrations) {
          expectSamePlaces(file.text, up);
          if (down !== null) expectSamePlaces(file.text, down.text);
        }
      }),
    );
  });

  test('liquibase', () => {
    fc.assert(
      fc.property(text, (each) => {
        for (const { text: up, rollback } of changesetsOf(each)) {
          expectSamePlaces(each, up);
          if (rollback !== null) expectSamePlaces(each, rollback);
        }
      }),
    );
  });

  test('no two changesets share a statement', () => {
    const each = '--changeset a:1\nSELECT 1;\n--changeset a:2\nSELECT 2;\n';
    expect(changesetsOf(each).map(({ text: up }) => up.match(/SELECT \d/g))).toEqual([
      ['SELECT 1'],
      ['SELECT 2'],
    ]);
  });
});
