import { expect, test } from '@jest/globals';
import { type Annotation, planAnnotations } from '../../src/github/annotations.ts';

function annotation(level: Annotation['level'], title: string): Annotation {
  return { level, title, message: 'x', place: null };
}

test('of each level the first ten are shown, and the rest are counted', () => {
  const errors = Array.from({ length: 14 }, (_, index) => annotation('error', `error ${index}`));
  const warnings = Array.from({ length: 10 }, (_, index) => annotation('warning', `warning ${index}`));
  const { shown, hidden } = planAnnotations([...warnings, ...errors, annotation('notice', 'notice')]);
  expect(shown).toEqual([...errors.slice(0, 10), ...warnings, annotation('notice', 'notice')]);
  expect(hidden).toEqual([{ level: 'error', count: 4 }]);
});
