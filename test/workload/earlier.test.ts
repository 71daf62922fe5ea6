import { describe, expect, test } from '@jest/globals';
import { type Query, unknownOrigin, unseen } from '../../src/model/query.ts';
import { earlierWorkload } from '../../src/workload/earlier.ts';

function query(fingerprint: string, place: { name?: string; route?: string; file?: string }): Query {
  const { name = null, route = null, file = null } = place;
  const origins = [{ ...unknownOrigin, route, file, line: 1 }];
  return {
    fingerprint,
    sql: fingerprint,
    name,
    calls: 1,
    parameterCount: 0,
    samples: [],
    texts: [],
    origins,
    originsLeftOut: 0,
    ...unseen,
  };
}

function pairs(base: readonly Query[], head: readonly Query[]): readonly string[] {
  const { replaced } = earlierWorkload(base, head);
  return [...replaced].map(([now, { fingerprint }]) => `${fingerprint} -> ${now}`);
}

describe('a query takes the place of another', () => {
  test.each([{ name: 'find' }, { route: 'GET /a' }, { file: 'a.ts' }])('known by %j', (place) => {
    expect(pairs([query('old', place)], [query('new', place)])).toEqual(['old -> new']);
  });

  test('not where several come into question', () => {
    const place = { route: 'GET /a' };
    expect(pairs([query('old', place)], [query('new', place), query('other', place)])).toEqual([]);
    expect(pairs([query('old', place), query('older', place)], [query('new', place)])).toEqual([]);
  });

  test('not one that head still sends', () => {
    const place = { route: 'GET /a' };
    expect(pairs([query('same', place)], [query('same', place), query('new', place)])).toEqual([]);
  });

  test('by its name before its route', () => {
    const base = [query('one', { name: 'a', route: 'GET /' }), query('two', { name: 'b', route: 'GET /' })];
    const head = [query('ONE', { name: 'a', route: 'GET /' }), query('TWO', { name: 'b', route: 'GET /' })];
    expect(pairs(base, head)).toEqual(['one -> ONE', 'two -> TWO']);
  });
});

test('what only one side has is told', () => {
  const { gone, added } = earlierWorkload(
    [query('kept', {}), query('gone', {})],
    [query('kept', {}), query('added', {})],
  );
  expect(gone.map(({ fingerprint }) => fingerprint)).toEqual(['gone']);
  expect([...added]).toEqual(['added']);
});
