import { expect, test } from '@jest/globals';
import { insightsAtLines } from '../../src/report/inline.ts';
import { insight, reviewOf } from '../support/review.ts';

const file = 'migrations/2.sql';
const migrations = [{ file, transaction: 'file' as const, statements: [] }];
const at = (line: number) => ({ file, line, endLine: line });
const lost = (name: string, line: number) =>
  insight({ rule: 'query/lost-index', subject: { kind: 'query', name }, location: at(line) });

test('a statement is told of the worst query that it makes slower, and of one only', () => {
  const insights = [lost('a', 3), lost('b', 3), lost('c', 5)];
  expect(insightsAtLines(reviewOf({ insights, migrations }))).toEqual([insights[0], insights[2]]);
});

test('what its own insight tells of queries is not told again', () => {
  const dropped = insight({
    rule: 'migration/index-dropped-in-use',
    subject: { kind: 'statement', name: 'DROP INDEX' },
    location: at(3),
  });
  const insights = [dropped, lost('a', 3), lost('c', 5)];
  expect(insightsAtLines(reviewOf({ insights, migrations }))).toEqual([dropped, insights[2]]);
});

test('a line of the source is told of the worst of its query, and of the request that it belongs to', () => {
  const trace = insight({
    rule: 'trace/n-plus-one',
    severity: 'low',
    subject: { kind: 'trace', name: 'GET /a' },
  });
  const other = insight({ rule: 'query/rows-filtered' });
  const elsewhere = insight({ location: { file: 'src/a.ts', line: 9, endLine: 9 } });
  const insights = [insight(), other, trace, elsewhere];
  expect(insightsAtLines(reviewOf({ insights, migrations }))).toEqual([insight(), trace, elsewhere]);
});

test('remarks about queries, what stands nowhere, and what was there before are left to the review', () => {
  const insights = [
    insight({ severity: 'low' }),
    insight({ location: null }),
    { ...lost('a', 3), origin: 'existing' as const },
  ];
  expect(insightsAtLines(reviewOf({ insights, migrations }))).toEqual([]);
});
