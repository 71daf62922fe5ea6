import { z } from 'zod';

/** A node as EXPLAIN (VERBOSE, FORMAT JSON) prints it, with what ANALYZE and BUFFERS add; keys that the tree does not need are dropped. */
export interface ExplainedNode {
  readonly 'Node Type': string;
  readonly 'Startup Cost': number;
  readonly 'Total Cost': number;
  readonly 'Plan Rows': number;
  readonly 'Plan Width': number;
  readonly 'Parent Relationship'?: string | undefined;
  readonly 'Subplan Name'?: string | undefined;
  readonly 'Parallel Aware'?: boolean | undefined;
  readonly 'Relation Name'?: string | undefined;
  readonly Schema?: string | undefined;
  readonly Alias?: string | undefined;
  readonly 'Index Name'?: string | undefined;
  readonly 'CTE Name'?: string | undefined;
  readonly 'Join Type'?: string | undefined;
  readonly 'Inner Unique'?: boolean | undefined;
  readonly Operation?: string | undefined;
  readonly Strategy?: string | undefined;
  readonly 'Partial Mode'?: string | undefined;
  readonly 'Planned Partitions'?: number | undefined;
  readonly 'Workers Planned'?: number | undefined;
  readonly 'Cache Key'?: string | undefined;
  readonly Output?: readonly string[] | undefined;
  readonly 'Sort Key'?: readonly string[] | undefined;
  readonly 'Presorted Key'?: readonly string[] | undefined;
  readonly Filter?: string | undefined;
  readonly 'Join Filter'?: string | undefined;
  readonly 'One-Time Filter'?: string | undefined;
  readonly 'Index Cond'?: string | undefined;
  readonly 'Recheck Cond'?: string | undefined;
  readonly 'TID Cond'?: string | undefined;
  readonly 'Hash Cond'?: string | undefined;
  readonly 'Merge Cond'?: string | undefined;
  readonly 'Actual Rows'?: number | undefined;
  readonly 'Actual Loops'?: number | undefined;
  readonly 'Rows Removed by Filter'?: number | undefined;
  readonly 'Heap Fetches'?: number | undefined;
  readonly 'Shared Hit Blocks'?: number | undefined;
  readonly 'Shared Read Blocks'?: number | undefined;
  readonly 'Temp Written Blocks'?: number | undefined;
  readonly Plans?: readonly ExplainedNode[] | undefined;
}

const text = z.string().optional();
const texts = z.array(z.string()).optional();
const number = z.number().optional();

const explainedNode: z.ZodType<ExplainedNode> = z.object({
  'Node Type': z.string(),
  'Startup Cost': z.number(),
  'Total Cost': z.number(),
  'Plan Rows': z.number(),
  'Plan Width': z.number(),
  'Parent Relationship': text,
  'Subplan Name': text,
  'Parallel Aware': z.boolean().optional(),
  'Relation Name': text,
  Schema: text,
  Alias: text,
  'Index Name': text,
  'CTE Name': text,
  'Join Type': text,
  'Inner Unique': z.boolean().optional(),
  Operation: text,
  Strategy: text,
  'Partial Mode': text,
  'Planned Partitions': z.number().optional(),
  'Workers Planned': z.number().optional(),
  'Cache Key': text,
  Output: texts,
  'Sort Key': texts,
  'Presorted Key': texts,
  Filter: text,
  'Join Filter': text,
  'One-Time Filter': text,
  'Index Cond': text,
  'Recheck Cond': text,
  'TID Cond': text,
  'Hash Cond': text,
  'Merge Cond': text,
  'Actual Rows': number,
  'Actual Loops': number,
  'Rows Removed by Filter': number,
  'Heap Fetches': number,
  'Shared Hit Blocks': number,
  'Shared Read Blocks': number,
  'Temp Written Blocks': number,
  get Plans() {
    return z.array(explainedNode).optional();
  },
});

const explained = z.tuple([z.object({ Plan: explainedNode, 'Execution Time': number })]);

/** Reads the value of the `QUERY PLAN` column: the root of the one plan in it. */
export function readExplained(queryPlan: unknown): ExplainedNode {
  const [{ Plan: root }] = explained.parse(queryPlan);
  return root;
}

/** The same of a plan that was executed, with the milliseconds that this took. */
export function readAnalysed(queryPlan: unknown): {
  readonly root: ExplainedNode;
  readonly milliseconds: number;
} {
  const [{ Plan: root, 'Execution Time': milliseconds = 0 }] = explained.parse(queryPlan);
  return { root, milliseconds };
}

const compiled = z.tuple([z.object({ JIT: z.object({ Functions: z.number() }).optional() })]);

/**
 * Functions that the server would compile to run the plan just in time (JIT in EXPLAIN's JSON); null where it would not, or
 * has no LLVM to do it with.
 */
export function readJitFunctions(queryPlan: unknown): number | null {
  const [{ JIT: jit }] = compiled.parse(queryPlan);
  return jit?.Functions ?? null;
}
