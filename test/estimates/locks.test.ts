import { describe, expect, test } from '@jest/globals';
import { estimateDeploy, estimateOf, spanOf } from '../../src/estimates/deploy.ts';
import type { LockingQuery, Traffic } from '../../src/estimates/waiting.ts';
import type { Lock, LockMode, StatementObservation } from '../../src/model/observation.ts';
import { unknownOrigin, unseen } from '../../src/model/query.ts';
import { migrationOf, statement, table, throughput } from './observed.ts';

const t = table('public.t');
const unknown: Traffic = { capturedSeconds: null, productionCalls: new Map(), pool: null };

function deploy(
  statements: readonly StatementObservation[],
  queries: readonly LockingQuery[] = [],
  traffic = unknown,
) {
  return estimateDeploy({
    migrations: [migrationOf('1.sql', statements.slice(0, -1)), migrationOf('2.sql', statements.slice(-1))],
    base: new Map([[t.name, t]]),
    head: new Map([[t.name, t]]),
    rowsToChange: new Map(),
    queries,
    traffic,
    throughput,
  });
}

const on = (mode: LockMode, relation = 'public.t'): readonly Lock[] => [{ relation, mode }];

/** A scan of 50 to 100 seconds, under what is held. */
function scanning(parts: Partial<StatementObservation>): StatementObservation {
  return statement({ scans: [{ relation: 'public.t', scans: 1, rows: 4 }], ...parts });
}

function query(route: string, calls: number, locks: readonly Lock[]): LockingQuery {
  const origins = [{ ...unknownOrigin, route }];
  const about = {
    fingerprint: route,
    sql: route,
    name: null,
    parameterCount: 0,
    samples: [],
    texts: [],
    originsLeftOut: 0,
    ...unseen,
  };
  return { query: { ...about, calls, origins }, locks };
}

describe('a lock', () => {
  test('is held from the statement that takes it to the end of the transaction', () => {
    const before = scanning({ locks: on('ShareUpdateExclusiveLock') });
    const takes = statement({ locks: on('ShareLock') });
    const stronger = scanning({ heldAtStart: on('ShareLock'), locks: on('AccessExclusiveLock') });
    const after = scanning({
      heldAtStart: on('AccessExclusiveLock'),
      locks: on('AccessExclusiveLock'),
      transaction: 1,
    });
    const estimate = deploy([before, takes, stronger, after]);
    expect(estimate.spans).toEqual([
      expect.objectContaining({ relation: 'public.t', mode: 'AccessExclusiveLock', index: null }),
    ]);
    const [span] = estimate.spans;
    expect([span?.from.line, span?.to.line, span?.toFile]).toEqual([takes.line, after.line, '2.sql']);
    // Two scans of 50 to 100 seconds, and three times what every statement takes besides.
    expect(span?.seconds.low).toBeCloseTo(100.003);
    expect(span?.seconds.high).toBeCloseTo(200.15);
    expect(spanOf(estimate, '1.sql', before, 'public.t')).toBeNull();
    expect(spanOf(estimate, '1.sql', takes, 'public.t')).toEqual(span);
    expect(spanOf(estimate, '2.sql', after, 'public.t')).toEqual(span);
    expect(spanOf(estimate, '2.sql', after, 'public.u')).toBeNull();
    expect(estimateOf(estimate, '2.sql', after)?.seconds.high).toBeCloseTo(100.05);
    expect(estimateOf(estimate, '1.sql', after)).toBeNull();
  });

  test('ends where a savepoint is rolled back', () => {
    const estimate = deploy([
      scanning({ locks: on('ShareLock') }),
      statement({ heldAtStart: on('ShareLock') }),
      scanning({}),
    ]);
    expect(estimate.spans[0]?.seconds.high).toBeCloseTo(100.1);
  });

  test('adds up over the transactions of a deploy, but not over statements that let queries pass', () => {
    const estimate = deploy([
      scanning({ locks: on('ShareLock'), transaction: 1 }),
      scanning({ locks: on('AccessExclusiveLock'), transaction: 2 }),
      scanning({ locks: on('ShareUpdateExclusiveLock'), transaction: null }),
      scanning({ locks: on('AccessExclusiveLock'), transaction: null }),
      scanning({ locks: on('AccessExclusiveLock'), transaction: null }),
    ]);
    expect(estimate.spans).toHaveLength(4);
    const [time] = estimate.tables;
    expect(time).toMatchObject({ relation: 'public.t', mode: 'AccessExclusiveLock', transactions: 4 });
    expect(time?.seconds.high).toBeCloseTo(400.2);
    expect(estimate.seconds.high).toBeCloseTo(500.25);
  });
});

describe('who waits', () => {
  const read = query('GET /t', 600, on('AccessShareLock'));
  const write = query('POST /t', 1200, on('RowExclusiveLock'));
  const pick = query('JOB', 60, on('RowShareLock'));
  const other = query('GET /u', 6000, on('AccessShareLock', 'public.u'));
  const all = [read, write, pick, other];

  function waiting(parts: Partial<StatementObservation>): readonly string[] {
    const [span] = deploy([scanning(parts)], all).spans;
    return span?.waiting.map(({ fingerprint }) => fingerprint) ?? [];
  }

  test.each<[LockMode, readonly string[]]>([
    ['ShareUpdateExclusiveLock', []],
    ['ShareLock', ['POST /t']],
    ['ShareRowExclusiveLock', ['POST /t']],
    ['ExclusiveLock', ['POST /t', 'JOB']],
    ['AccessExclusiveLock', ['GET /t', 'POST /t', 'JOB']],
  ])('for %s', (mode, expected) => expect(waiting({ locks: on(mode) })).toEqual(expected));

  test('for a lock on an index: whoever plans a query on its table', () => {
    const indexLocks = [{ index: 'public.t_a', relation: 'public.t', mode: 'AccessExclusiveLock' as const }];
    expect(waiting({ locks: on('ShareLock'), indexLocks })).toEqual(['GET /t', 'POST /t', 'JOB']);
    const [span] = deploy([scanning({ locks: on('ShareLock'), indexLocks })], all).spans;
    expect(span).toMatchObject({ index: 'public.t_a', mode: 'AccessExclusiveLock' });
  });

  test('queue as they arrive, until the pool is exhausted', () => {
    const locked = [scanning({ locks: on('AccessExclusiveLock') })];
    const [span] = deploy(locked, all, { capturedSeconds: 60, productionCalls: new Map(), pool: 62 }).spans;
    // 20, 10 and 1 a second; for 50 to 100 seconds.
    expect(span?.waiting.map(({ callsPerSecond }) => callsPerSecond)).toEqual([20, 10, 1]);
    expect(span?.queued?.low).toBeCloseTo(31 * 50.001);
    expect(span?.queued?.high).toBeCloseTo(31 * 100.05);
    expect(span?.poolExhaustedAfter).toBe(2);
  });

  test.each<[string, Traffic]>([
    ['whose size is not stated', { capturedSeconds: 60, productionCalls: new Map(), pool: null }],
    ['that is larger than all that wait', { capturedSeconds: 60, productionCalls: new Map(), pool: 10_000 }],
    [
      'where nothing is known of how often queries run',
      { capturedSeconds: null, productionCalls: new Map(), pool: 10 },
    ],
  ])('do not exhaust a pool %s', (_, traffic) => {
    const [span] = deploy([scanning({ locks: on('AccessExclusiveLock') })], all, traffic).spans;
    expect(span?.poolExhaustedAfter).toBeNull();
    expect(span?.queued === null).toBe(traffic.capturedSeconds === null);
  });
});
