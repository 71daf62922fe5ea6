import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  commentMark,
  compareRuns,
  normalized,
  readCommentMark,
  readStickyMark,
  stickyMark,
} from '../../src/github/markers.ts';
import { marker } from '../../src/report/markdown/safe.ts';

const hex = (length: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length });
const run = fc.record({ number: fc.integer({ min: 1 }), attempt: fc.integer({ min: 1, max: 99 }) });
const sticky = fc.record({ key: hex(12), run, headSha: hex(40) });
const comment = fc.record({ key: hex(12), fingerprint: hex(40) });

test('a mark is read as it was written, whatever stands above it', () => {
  fc.assert(
    fc.property(sticky, fc.string(), (mark, above) => {
      expect(readStickyMark(`${above}\n\n${marker(stickyMark(mark))}\n`)).toEqual(mark);
    }),
  );
  fc.assert(
    fc.property(comment, fc.string(), (mark, above) => {
      expect(readCommentMark(`${above}\r\n\r\n${marker(commentMark(mark))}`)).toEqual(mark);
    }),
  );
});

test('a mark counts in the last line only, and alone there', () => {
  const mark = marker(stickyMark({ key: 'k', run: { number: 1, attempt: 1 }, headSha: 'a' }));
  for (const body of [`${mark}\nmore`, `> ${mark}`, `${mark} ${mark}`, `\`${mark}\``, '']) {
    expect(readStickyMark(body)).toBeNull();
  }
  expect(readCommentMark(mark)).toBeNull();
});

test('runs are ordered by number, then by attempt', () => {
  const runs = [
    { number: 10, attempt: 1 },
    { number: 9, attempt: 2 },
    { number: 9, attempt: 1 },
  ];
  expect(runs.toSorted(compareRuns).map(({ number, attempt }) => `${number}.${attempt}`)).toEqual([
    '9.1',
    '9.2',
    '10.1',
  ]);
});

test('what editors and cutting do to a body does not make it another one', () => {
  expect(normalized('a\r\nb \n')).toBe('a\nb');
  expect(normalized('🔴'.slice(0, 1))).toBe('\ufffd');
});
