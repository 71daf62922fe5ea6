import { describe, expect, test } from '@jest/globals';
import { type Query, unseen } from '../../src/model/query.ts';
import { sendersOf } from '../../src/rules/senders.ts';
import { sendersInWords } from '../../src/rules/senders-in-words.ts';
import { earlierWorkload, unknownEarlier } from '../../src/workload/earlier.ts';

function query(fingerprint: string, ...services: readonly (string | null)[]): Query {
  const origins = services.map((service) => ({ service, route: null, file: null, line: null, test: null }));
  return {
    fingerprint,
    sql: `SELECT ${fingerprint}`,
    name: null,
    calls: 1,
    parameterCount: 0,
    samples: [],
    texts: [],
    origins,
    originsLeftOut: 0,
    ...unseen,
  };
}

function versions(base: readonly Query[] | null, head: readonly Query[], fingerprint: string) {
  const earlier = base === null ? unknownEarlier : { ...earlierWorkload(base, head), traces: null };
  const senders = sendersOf(head, earlier).get(fingerprint) ?? [];
  return senders.map(({ service, version }) => `${service}: ${version}`);
}

describe('who sends a query', () => {
  const head = [query('q', 'shop', 'billing'), query('new', 'shop')];

  test('each service by itself', () => {
    const base = [query('q', 'shop'), query('other', 'billing'), query('gone', 'shop')];
    expect(versions(base, head, 'q')).toEqual(['shop: both', 'billing: new']);
    expect(versions(base, head, 'new')).toEqual(['shop: new']);
    expect(versions(base, head, 'gone')).toEqual(['shop: running']);
  });

  test('a service that the base does not tell of may always have sent it', () => {
    expect(versions([query('q', 'shop')], head, 'q')).toEqual(['shop: both', 'billing: unknown']);
  });

  test('without a capture of the base, nobody knows', () => {
    expect(versions(null, head, 'q')).toEqual(['shop: unknown', 'billing: unknown']);
    expect(versions(null, [query('q')], 'q')).toEqual(['null: unknown']);
  });

  test('is said in one phrase', () => {
    expect(
      sendersInWords([
        { service: 'shop', version: 'running' },
        { service: 'billing', version: 'both' },
        { service: 'reports', version: 'both' },
      ]),
    ).toBe(
      'the running and the new version of billing and reports send it; the running version of shop sends it, the new one does not',
    );
    expect(sendersInWords([{ service: null, version: 'new' }])).toBe(
      'the new version of the application sends it',
    );
  });
});
