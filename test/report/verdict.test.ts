import { describe, expect, test } from '@jest/globals';
import { gradeOf, scoreOf } from '../../src/plans/score.ts';
import { verdictOf } from '../../src/report/verdict.ts';
import { fill } from '../../src/report/wording.ts';
import { insight } from '../support/review.ts';

const never = { failOn: 'never', minScore: null } as const;

describe('the score', () => {
  test.each([
    [[], 100],
    [['critical'], 40],
    [['high'], 65],
    [['medium'], 85],
    [['low'], 95],
    [['healthy', 'healthy'], 100],
    [['critical', 'high'], 26],
  ] as const)('of %j is %d', (severities, score) => expect(scoreOf(severities)).toBe(score));

  test.each([
    [100, 'A'],
    [90, 'A'],
    [89.9, 'B'],
    [75, 'B'],
    [55, 'C'],
    [35, 'D'],
    [34.9, 'F'],
    [0, 'F'],
  ])('%d is grade %s', (score, grade) => expect(gradeOf(score)).toBe(grade));

  test('of a change is that of its worst plan or migration', () => {
    const location = { file: 'm.sql', line: 1, endLine: 1 };
    const statement = { kind: 'statement', name: 's' } as const;
    const insights = [
      insight({ severity: 'low' }),
      insight({ severity: 'medium', subject: statement, location }),
      insight({ severity: 'high', subject: statement, location: { ...location, line: 9 } }),
    ];
    // Both statements belong to one migration: 100 x .85 x .65.
    expect(verdictOf(insights, never).score).toBe(55.3);
  });
});

describe('the verdict', () => {
  test.each([
    ['critical', 'pass'],
    ['high', 'fail'],
    ['medium', 'fail'],
    ['low', 'fail'],
    ['never', 'pass'],
  ] as const)('of a high insight with fail-on %s is %s', (failOn, verdict) => {
    expect(verdictOf([insight({ severity: 'high' })], { failOn, minScore: null }).verdict).toBe(verdict);
  });

  test('does not count what was there before, or is suppressed', () => {
    const insights = [
      insight({ severity: 'critical', origin: 'existing' }),
      insight({ severity: 'critical', origin: 'suppressed' }),
    ];
    expect(verdictOf(insights, { failOn: 'low', minScore: 90 })).toEqual({
      verdict: 'pass',
      reasons: [],
      score: 100,
      grade: 'A',
    });
  });

  test('says every reason', () => {
    const { verdict, reasons } = verdictOf([insight({ severity: 'critical' })], {
      failOn: 'high',
      minScore: 50,
    });
    expect({ verdict, reasons }).toEqual({
      verdict: 'fail',
      reasons: ['1 introduced insight is high or worse', 'the score 40 is below 50'],
    });
  });
});

describe('sentences', () => {
  test.each([
    ['{n:count} rows', { n: 345_138 }, '345,138 rows'],
    ['{n:bytes}', { n: 607_000_000 }, '579 MB'],
    ['{n:bytes}', { n: 0 }, '0 B'],
    ['{n:percent}', { n: 0.99975 }, '99.9%'],
    ['{n:percent}', { n: 1 }, '100%'],
    ['{n:ratio}', { n: 3.689 }, '3.69 times'],
    ['reads {t:code}', { t: 'a`b' }, "reads `a'b`"],
    ['{t}', { t: 'a`b' }, "a'b"],
    ['{t:code}', { t: null }, 'nothing'],
  ])('%s', (template, facts, text) => expect(fill(template, facts)).toBe(text));

  test('a fact that is missing is a defect', () => expect(() => fill('{x}', {})).toThrow('no fact "x"'));
});
