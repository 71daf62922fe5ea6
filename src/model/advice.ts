import type { Range } from './estimate.ts';

/** A query that an index makes cheaper. */
export interface HelpedQuery {
  readonly fingerprint: string;
  readonly calls: number;
  /** Planner cost of one execution, without and with the index. */
  readonly before: number;
  readonly after: number;
}

/** What an index costs those who write to its table. */
export interface WriteCost {
  /** Captured executions that insert, delete, or update a row so that the index changes. */
  readonly calls: number;
  /** Planner cost that it adds to one of them, as estimated from its height and width. */
  readonly perCall: number;
}

interface PlannedIndex {
  /** Qualified name of its table; the partitioned one where it is on partitions. */
  readonly table: string;
  readonly name: string;
  /** Access method: `btree`, `gin`, ... */
  readonly method: string;
  /** Keys as they stand between the parentheses of CREATE INDEX. */
  readonly keys: readonly string[];
  /** Bytes at production size. */
  readonly bytes: number;
  readonly helps: readonly HelpedQuery[];
  readonly writes: WriteCost;
}

/** An index that is not there, was planned with, and helps. */
export interface IndexAdvice extends PlannedIndex {
  /** `CREATE INDEX CONCURRENTLY ...`, without a semicolon. */
  readonly sql: string;
  /** How long building it is expected to take at production. */
  readonly seconds: Range;
  /** Qualified names of existing indexes that it makes superfluous. */
  readonly replaces: readonly string[];
}

/** An index that the change adds, asked about in the same way. */
export interface AddedIndex extends PlannedIndex {
  /** Names of captured queries whose plans use it. */
  readonly usedBy: readonly string[];
}

/** What trying indexes on the twin of head came to. */
export interface Advice {
  readonly missing: readonly IndexAdvice[];
  readonly added: readonly AddedIndex[];
}

export const noAdvice: Advice = { missing: [], added: [] };

/** A query written in another way. */
export interface QueryRewrite {
  /** Of the query that it takes the place of. */
  readonly fingerprint: string;
  /** Rules whose findings about that query it puts right. */
  readonly answers: readonly string[];
  readonly title: string;
  readonly sql: string;
  /** Planner cost of one execution, before and after; null where the rewritten query could not be planned. */
  readonly effect: { readonly before: number; readonly after: number } | null;
  /** Verified where it is cheaper on the twin and returned the same rows; else why it is no more than advice. */
  readonly verdict: { readonly kind: 'verified' } | { readonly kind: 'advice'; readonly reason: string };
}
