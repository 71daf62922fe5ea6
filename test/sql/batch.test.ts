import { describe, expect, test } from '@jest/globals';
import { batchOf } from '../../src/sql/batch.ts';

describe('a query of one value, written for many', () => {
  test.each([
    ['SELECT * FROM seats WHERE code = $1', 'SELECT * FROM seats WHERE code = ANY ($1)'],
    ['SELECT code FROM seats WHERE code = $1', 'SELECT code FROM seats WHERE code = ANY ($1)'],
    ['SELECT no FROM seats WHERE code = $1', 'SELECT code, no FROM seats WHERE code = ANY ($1)'],
    [
      'select "s"."no" as "n" from "seats" "s" where "s"."code" = $1 and no > 3 order by no',
      'select "s"."code", "s"."no" as "n" from "seats" "s" where "s"."code" = ANY ($1) and no > 3 order by no',
    ],
    [
      "SELECT 'ÄÖ', s.no FROM seats s WHERE s.code = $1 FOR UPDATE",
      "SELECT s.code, 'ÄÖ', s.no FROM seats s WHERE s.code = ANY ($1) FOR UPDATE",
    ],
    [
      'SELECT count(*), max(no) AS last FROM seats WHERE code = $1',
      'SELECT code, count(*), max(no) AS last FROM seats WHERE code = ANY ($1) GROUP BY code',
    ],
  ])('%s', (sql, batch) => {
    expect(batchOf(sql)?.sql).toBe(batch);
  });

  test.each([
    'SELECT count(*) + 1 FROM seats WHERE code = $1',
    'SELECT count(*) FROM seats WHERE code = $1 HAVING count(*) > 1',
    'SELECT no, rank() OVER (ORDER BY no) FROM seats WHERE code = $1',
    'SELECT no FROM seats WHERE code = $1 LIMIT 1',
    'SELECT DISTINCT no FROM seats WHERE code = $1',
    'SELECT no FROM seats WHERE code = $1 GROUP BY no',
    'SELECT no FROM seats WHERE NOT code = $1',
    'SELECT no FROM seats WHERE code = $1 OR no = 3',
    'SELECT no FROM seats WHERE code > $1',
    'SELECT no FROM seats WHERE code = $1 AND no = $2',
    'SELECT no FROM seats WHERE code IN ($1)',
    'SELECT no FROM seats WHERE code = $1 UNION SELECT 1',
    'SELECT $1',
    'UPDATE seats SET no = 1 WHERE code = $1',
    'SELECT no FROM',
  ])('%s would return other rows', (sql) => {
    expect(batchOf(sql)).toBeNull();
  });
});
