import { describe, expect, test } from '@jest/globals';
import { lossOf } from '../../src/sql/type-capacity.ts';

describe('what a column loses with its type', () => {
  test.each([
    ['bigint', 'integer', 'refused', 'numbers beyond 2,147,483,647'],
    ['integer', 'smallint', 'refused', 'numbers beyond 32,767'],
    ['text', 'character varying(40)', 'refused', 'texts of more than 40 characters'],
    ['character varying(40)', 'character varying(20)', 'refused', 'texts of more than 20 characters'],
    ['text', 'uuid', 'refused', 'texts that are no uuid'],
    ['numeric(12,2)', 'numeric(10,2)', 'refused', 'numbers of more than 8 digits'],
    ['bigint', 'numeric(10,0)', 'refused', 'numbers of more than 10 digits'],
    ['numeric(10,2)', 'integer', 'changed', 'what stands behind the decimal point'],
    ['numeric(12,4)', 'numeric(12,2)', 'changed', 'digits behind the decimal point after the first 2'],
    ['numeric', 'numeric(20,6)', 'changed', 'digits behind the decimal point after the first 6'],
    ['double precision', 'real', 'changed', 'digits after the first 6'],
    ['numeric', 'double precision', 'changed', 'digits after the first 15'],
    ['bigint', 'double precision', 'changed', 'digits after the first 15'],
    ['timestamp with time zone', 'date', 'changed', 'the time of day'],
    ['timestamp without time zone', 'time without time zone', 'changed', 'the day'],
    ['timestamp with time zone', 'timestamp(0) with time zone', 'changed', 'fractions of a second'],
    ['bigint[]', 'integer[]', 'refused', 'numbers beyond 2,147,483,647'],
  ])('%s to %s: %s', (before, after, kind, what) => {
    expect(lossOf(before, after)).toEqual({ kind, what });
  });

  test.each([
    ['integer', 'bigint'],
    ['integer', 'numeric'],
    ['smallint', 'numeric(5,0)'],
    ['integer', 'double precision'],
    ['character varying(20)', 'character varying(40)'],
    ['character varying(20)', 'text'],
    ['text', 'character varying'],
    ['numeric(10,2)', 'numeric(12,2)'],
    ['numeric(10,2)', 'numeric'],
    ['date', 'timestamp with time zone'],
    ['timestamp without time zone', 'timestamp with time zone'],
    ['json', 'jsonb'],
    ['uuid', 'text'],
  ])('%s to %s: nothing', (before, after) => expect(lossOf(before, after)).toBeNull());
});
