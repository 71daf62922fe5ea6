import { expect, test } from '@jest/globals';
import { insightsAtStatements } from '../../src/report/inline.ts';
import { insight, reviewOf } from '../support/review.ts';

const file = 'migrations/2.sql';
const migrations = [{ file, transaction: 'file' as const, statements: [] }];
const at = (line: number) => ({ file, line, endLine: line });
const lost = (name: string, line: number) =>
  insight({ rule: 'query/lost-index', subject: { kind: 'query', name }, location: at(line) });

test('a statement is told of the worst query that it makes slower, and of one only', () => {
  const insights = [lost('a', 3), lost('b', 3), lost('c', 5)];
  expect(insightsAtStatements(reviewOf({ insights, migrations }))).toEqual([insights[0], insights[2]]);
});

test('what its own insight tells of queries is not told again', () => {
  const dropped = insight({
    rule: 'migration/index-dropped-in-use',
    subject: { kind: 'statement', name: 'DROP INDEX' },
    location: at(3),
  });
  const insights = [dropped, lost('a', 3), lost('c', 5)];
  expect(insightsAtStatements(reviewOf({ insights, migrations }))).toEqual([dropped, insights[2]]);
});

test('queries that stand in the code, and what was there before, are left to the review', () => {
  const insights = [insight(), { ...lost('a', 3), origin: 'existing' as const }];
  expect(insightsAtStatements(reviewOf({ insights, migrations }))).toEqual([]);
});
