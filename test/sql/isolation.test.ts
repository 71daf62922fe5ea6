import { expect, test } from '@jest/globals';
import { isolationOf } from '../../src/sql/isolation.ts';

test.each([
  ['BEGIN ISOLATION LEVEL REPEATABLE READ', 'REPEATABLE READ', 'transaction'],
  ['START TRANSACTION READ WRITE, ISOLATION LEVEL SERIALIZABLE', 'SERIALIZABLE', 'transaction'],
  ['set transaction isolation level read committed', 'READ COMMITTED', 'transaction'],
  ['SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SERIALIZABLE', 'SERIALIZABLE', 'session'],
  ["SET default_transaction_isolation = 'repeatable read'", 'REPEATABLE READ', 'session'],
  ['SET default_transaction_isolation TO serializable', 'SERIALIZABLE', 'session'],
])('%s', (sql, level, scope) => {
  expect(isolationOf(sql)).toEqual({ level, scope });
});

test.each([
  'BEGIN',
  'BEGIN READ ONLY',
  'SHOW transaction_isolation',
  'SET search_path = isolation',
  'SELECT isolation FROM t',
  'isolation',
])('%s asks for none', (sql) => {
  expect(isolationOf(sql)).toBeNull();
});
