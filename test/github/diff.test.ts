import { describe, expect, test } from '@jest/globals';
import { anchorOf } from '../../src/github/diff.ts';
import { linesOfDiff } from '../../src/model/diff.ts';
import { TestRepository } from '../support/repository.ts';

const numbered = (count: number) =>
  Array.from({ length: count }, (_, index) => `line ${index + 1}\n`).join('');

function diffOf(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
  removed: readonly string[] = [],
) {
  using repository = new TestRepository(before);
  repository.commit(after, removed);
  return Object.fromEntries(linesOfDiff(`${repository.git('diff', 'HEAD~1')}\n`));
}

describe('lines that can be commented on', () => {
  test('are those of each hunk, with its context', () => {
    const before = numbered(40);
    const after = before.replace('line 10\n', 'line ten\nand more\n').replace('line 35\n', '');
    expect(diffOf({ 'a.sql': before }, { 'a.sql': after })).toEqual({
      'a.sql': [
        { from: 7, to: 14 },
        { from: 33, to: 38 },
      ],
    });
  });

  test('are all of a new file, also without an end of line, and none of one that is gone', () => {
    const files = { 'new.sql': 'a\nb\nc', 'renamed.sql': `${numbered(20)}more\n` };
    const found = diffOf({ 'gone.sql': 'a\n', 'old.sql': numbered(20) }, files, ['gone.sql', 'old.sql']);
    expect(found).toEqual({ 'new.sql': [{ from: 1, to: 3 }], 'renamed.sql': [{ from: 18, to: 21 }] });
  });

  test('are not told by what looks like a diff in the file itself', () => {
    const after = '++ b/other.sql\n@@ -1 +1,99 @@\n-- comment\ndiff --git a/x b/x\n';
    expect(diffOf({ 'a.sql': '-- one\n-- two\n' }, { 'a.sql': after })).toEqual({
      'a.sql': [{ from: 1, to: 4 }],
    });
  });

  test('are found in files of any name', () => {
    const names = ['a b.sql', 'é ü.sql', 'tab\there.sql', 'back\\slash.sql', 'quo"te.sql'];
    const found = diffOf({}, Object.fromEntries(names.map((name) => [name, 'x\n'])));
    expect(Object.keys(found).toSorted()).toEqual(names.toSorted());
  });

  test('of an empty diff are none', () => {
    expect(linesOfDiff('').size).toBe(0);
  });
});

describe('a comment on some lines', () => {
  const hunks = [
    { from: 1, to: 5 },
    { from: 10, to: 15 },
  ];

  test.each([
    [
      { from: 2, to: 4 },
      { kind: 'range', from: 2, to: 4 },
    ],
    [
      { from: 3, to: 3 },
      { kind: 'line', line: 3 },
    ],
    [
      { from: 4, to: 11 },
      { kind: 'line', line: 4 },
    ],
    [
      { from: 7, to: 11 },
      { kind: 'line', line: 11 },
    ],
    [{ from: 6, to: 9 }, null],
    [{ from: 20, to: 21 }, null],
  ] as const)('%j stands on %j', (lines, anchor) => {
    expect(anchorOf(lines, hunks)).toEqual(anchor);
  });
});
