import type { Insight } from '../../src/model/insight.ts';
import type { Review } from '../../src/model/review.ts';
import { countsOf, verdictOf } from '../../src/report/verdict.ts';

/** An insight for tests of what is made of insights. */
export function insight(parts: Partial<Insight> = {}): Insight {
  return {
    rule: 'query/rows-read',
    severity: 'high',
    confidence: 'planned at production size',
    origin: 'introduced',
    suppression: null,
    fingerprint: '0'.repeat(40),
    title: 'A query reads many rows',
    summary: 'reads 5 rows of `t`',
    location: { file: 'src/a.ts', line: 3, endLine: 3 },
    subject: { kind: 'query', name: 'GET /a' },
    services: [],
    evidence: { facts: {}, scans: [], error: null, sql: 'SELECT 1', queries: [] },
    impact: 'it takes long',
    remediation: [],
    ...parts,
  };
}

const nothingDeployed: Review['deploy'] = {
  seconds: [0, 0],
  throughput: { read: [1, 1], write: [1, 1], indexRows: [1, 1], changedRows: [1, 1] },
  pool: null,
  locks: [],
  tables: [],
};

type LockReview = Review['deploy']['locks'][number];

/** A deploy that locks one table, with what a test wants to say of the lock and of the deploy. */
export function lockedFor(
  seconds: LockReview['seconds'],
  lock: Partial<LockReview> = {},
  deploy: Partial<Review['deploy']> = {},
): Review['deploy'] {
  const place = { file: 'migrations/2.sql', line: 1 };
  const whole: LockReview = {
    relation: 'public.orders',
    mode: 'AccessExclusiveLock',
    index: null,
    from: place,
    to: place,
    seconds,
    waiting: [],
    queued: null,
    poolExhaustedAfter: null,
    ...lock,
  };
  const { relation, mode } = whole;
  return {
    ...nothingDeployed,
    locks: [whole],
    tables: [{ relation, mode, transactions: 1, seconds }],
    ...deploy,
  };
}

/** A review for tests of renderers. */
export function reviewOf(parts: Partial<Review> = {}): Review {
  const insights = parts.insights ?? [];
  const policy = { failOn: 'high', minScore: null } as const;
  return {
    version: 1,
    ...verdictOf(insights, policy),
    meanScore: 100,
    policy,
    base: 'main at 0123456789',
    counts: countsOf(insights),
    postgres: { version: '18.4', sandbox: 'embedded' },
    statistics: {
      source: 'declared',
      imported: [],
      takenAt: null,
      declared: ['public.t'],
      assumed: [],
      assumedRows: 1_000_000,
    },
    settings: [],
    production: null,
    insights,
    migrations: [],
    deploy: nothingDeployed,
    release: null,
    queries: [],
    workload: null,
    unchecked: [],
    timings: { sandbox: 1, base: 1, observe: 1, plan: 1, judge: 1, remedies: 1, total: 6 },
    ...parts,
  };
}
