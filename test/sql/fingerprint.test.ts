import { describe, expect, test } from '@jest/globals';
import { fingerprintOf } from '../../src/sql/fingerprint.ts';
import { parse } from '../../src/sql/grammar.ts';

function fingerprint(sql: string): string {
  const parsed = parse(sql);
  if (parsed.kind === 'unreadable') throw new Error(parsed.problem.message);
  return fingerprintOf(parsed.value.stmts?.[0]?.stmt);
}

describe('one shape', () => {
  test.each([
    ["SELECT a FROM t WHERE b = 1 AND c = 'x'", 'select  a from t where b = $1 and c = $2 -- why'],
    ['SELECT a FROM t WHERE b IN (1, 2)', 'SELECT a FROM t WHERE b IN ($1, $2, $3)'],
    ['SELECT a FROM t WHERE b = ANY (ARRAY[1])', 'SELECT a FROM t WHERE b = ANY (ARRAY[1, 2])'],
    ["INSERT INTO t (a, b) VALUES (1, 'x')", "INSERT INTO t (a, b) VALUES (2, 'y'), (3, 'z')"],
    ['SELECT a FROM t LIMIT 10 OFFSET 20', 'SELECT a FROM t LIMIT $1 OFFSET $2'],
    ['SELECT a FROM t WHERE b IS NOT NULL AND c = true', 'SELECT a FROM t WHERE b IS NOT NULL AND c = false'],
  ])('%s | %s', (a, b) => expect(fingerprint(a)).toBe(fingerprint(b)));
});

describe('two shapes', () => {
  test.each([
    ['SELECT c.id FROM ta c', 'SELECT c.id FROM tb c'],
    ['SELECT id FROM sales_2025', 'SELECT id FROM sales_2026'],
    ['SELECT id FROM a.t', 'SELECT id FROM b.t'],
    ['SELECT c.id FROM ta c JOIN tb d USING (id)', 'SELECT c.id FROM tb c JOIN ta d USING (id)'],
    ['UPDATE ta t SET a = 1', 'UPDATE tb t SET a = 1'],
    ['SELECT a FROM t WHERE b = 1', 'SELECT a FROM t WHERE b > 1'],
    ['SELECT a FROM t ORDER BY b', 'SELECT a FROM t ORDER BY b DESC'],
    ['SELECT a, b FROM t ORDER BY 1', 'SELECT a, b FROM t ORDER BY 2'],
    ['SELECT a, b FROM t GROUP BY 1', 'SELECT a, b FROM t GROUP BY 2'],
    ['SELECT f(1)', 'SELECT f(1, 2)'],
    ['SELECT a FROM t WHERE b IN (1, c)', 'SELECT a FROM t WHERE b IN (1, d)'],
    ['SELECT a FROM t', 'SELECT a FROM t LIMIT 1'],
    ['SELECT a FROM t WHERE b = 1::int', 'SELECT a FROM t WHERE b = 1::bigint'],
  ])('%s | %s', (a, b) => expect(fingerprint(a)).not.toBe(fingerprint(b)));
});
