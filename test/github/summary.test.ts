import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { longestSummary, withinSummary } from '../../src/github/summary.ts';

test('a summary that fits is left as it is', () => {
  expect(withinSummary('## Review\n')).toBe('## Review\n');
});

test('a summary that is too long is cut between blocks, and says so', () => {
  const block = `${'ü'.repeat(500)}\n\n`;
  const cut = withinSummary(block.repeat(2_000));
  expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(longestSummary);
  expect(cut).toMatch(/ü\n\n\(The summary ends here/);
});

test('no summary is longer than allowed, and none is torn within a character', () => {
  const texts = fc.array(fc.constantFrom('a', 'ü', '🔴', '\n\n', '\n'), { maxLength: 400 });
  fc.assert(
    fc.property(texts, fc.integer({ min: 150, max: 600 }), (parts, limit) => {
      const cut = withinSummary(parts.join(''), limit);
      expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(limit);
      expect(cut).not.toContain('\ufffd');
    }),
  );
});
