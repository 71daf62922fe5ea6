import { unknownOrigin } from '../../src/model/query.ts';
import type { ReviewedNode } from '../../src/model/reviewed-plan.ts';
import type { ReviewedQuery } from '../../src/model/reviewed-query.ts';

/** A node of a plan for tests of what is made of plans. */
export function node(parts: Partial<ReviewedNode> = {}): ReviewedNode {
  return {
    type: 'Seq Scan',
    relation: null,
    index: null,
    condition: null,
    filter: null,
    rows: 10,
    cost: 10,
    exclusiveCost: 10,
    loops: 1,
    mark: null,
    children: [],
    leftOut: null,
    ...parts,
  };
}

/** Joins over joins, each with an index scan beside it, and a costly scan at the bottom. */
export function deepPlan(joins: number): ReviewedNode {
  const scan = node({ relation: 'public.lines', exclusiveCost: 90_000, mark: 'cause' });
  return Array.from({ length: joins }).reduce<ReviewedNode>(
    (below, _, index) =>
      node({
        type: 'Nested Loop',
        exclusiveCost: 1,
        children: [
          below,
          node({
            type: 'Index Scan',
            relation: `public.t${index}`,
            index: `t${index}_pkey`,
            exclusiveCost: 5,
          }),
        ],
      }),
    scan,
  );
}

function summary(cost: number, plan: ReviewedNode | null): NonNullable<ReviewedQuery['head']> {
  return { cost, rowsRead: 10, rowsFiltered: 0, rowsReturned: 1, scans: [], plan };
}

/** A query whose plan an index has gone from. */
export function query(parts: Partial<ReviewedQuery> = {}): ReviewedQuery {
  return {
    fingerprint: 'f'.repeat(40),
    name: 'lines_of_order',
    sql: 'SELECT 1',
    time: { captured: null, production: null },
    calls: 1,
    rows: null,
    firstSeen: null,
    lastSeen: null,
    origin: unknownOrigin,
    origins: [],
    originsLeftOut: 0,
    parameters: 'none',
    replaces: null,
    variants: [],
    score: 40,
    base: summary(10, node({ type: 'Index Scan', relation: 'public.lines', index: 'lines_order' })),
    head: summary(90_000, deepPlan(8)),
    difference: {
      node: 'Seq Scan on public.lines',
      relation: 'public.lines',
      tables: ['public.lines'],
      before: 'Index Scan using lines_order on public.lines',
      costBefore: 10,
      costAfter: 90_000,
      changes: [
        { kind: 'access', on: 'public.lines', before: 'Index Scan using lines_order', after: 'Seq Scan' },
      ],
      cause: { file: 'migrations/2.sql', line: 4, sql: 'DROP INDEX lines_order' },
    },
    checks: [
      { rule: 'query/rows-read', severity: 'high', figure: '5,000,000' },
      { rule: 'query/rows-sorted', severity: 'healthy', figure: '0' },
      { rule: 'query/select-star', severity: 'healthy', figure: null },
    ],
    ...parts,
  };
}
