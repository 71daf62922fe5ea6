import { describe, expect, test } from '@jest/globals';
import { analyzedTables } from '../../src/sql/analyze.ts';
import { dropTargets } from '../../src/sql/drop-targets.ts';
import { saysTheSame } from '../../src/sql/same-text.ts';

describe('what a statement says that it drops', () => {
  test.each([
    ['DROP TABLE a, shop.b CASCADE', ['a', 'b']],
    ['DROP SCHEMA shop CASCADE', ['shop']],
    ['DROP TYPE shop.state', ['state']],
    ['DROP FUNCTION shop.f(integer)', ['f']],
    ['DROP TRIGGER t ON shop.orders', ['t']],
    ['ALTER TABLE a DROP COLUMN b, DROP CONSTRAINT c, ADD COLUMN d int', ['b', 'c']],
    ['ALTER TABLE a ADD COLUMN d int', []],
  ])('%s', (sql, names) => expect([...(dropTargets(sql) ?? [])]).toEqual(names));

  test('is not known of other statements', () => expect(dropTargets('DO $$ BEGIN END $$')).toBeNull());
});

describe('what ANALYZE looks at', () => {
  test.each([
    ['ANALYZE', 'all'],
    ['ANALYZE a, shop.b', ['a', 'b']],
    ['VACUUM (ANALYZE) a', ['a']],
    ['VACUUM a', []],
    ['SELECT 1', []],
  ])('%s', (sql, tables) => expect(analyzedTables(sql)).toEqual(tables));
});

describe('texts that say the same', () => {
  test.each([
    ['SELECT 1;', '-- why\nSELECT\n  1 ;', true],
    ['SELECT 1;', 'SELECT 2;', false],
    ["SELECT 'a  b';", "SELECT 'a b';", false],
    ['SELECT 1;', "SELECT '--';", false],
    ["SELECT 'open", "SELECT   'open", true],
  ])('%s and %s: %s', (a, b, same) => expect(saysTheSame(a, b)).toBe(same));
});
