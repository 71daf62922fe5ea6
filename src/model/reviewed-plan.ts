import { z } from 'zod';
import { scanDetailSchema } from './insight.ts';
import { workChangeKinds } from './plan.ts';

/** Plans as review.json holds them. */

/** A node of a plan; costs and rows are the planner's estimates. */
export interface ReviewedNode {
  readonly type: string;
  readonly relation: string | null;
  readonly index: string | null;
  readonly condition: string | null;
  readonly filter: string | null;
  readonly rows: number;
  readonly cost: number;
  readonly exclusiveCost: number;
  readonly loops: number;
  readonly mark: 'cause' | 'changed' | null;
  readonly children: readonly ReviewedNode[];
  readonly leftOut: { readonly nodes: number; readonly cost: number } | null;
}

const nodeSchema: z.ZodType<ReviewedNode> = z
  .strictObject({
    type: z
      .string()
      .describe('As EXPLAIN prints it: `Parallel Seq Scan`, `Hash Left Join`, `HashAggregate`.'),
    relation: z
      .string()
      .nullable()
      .describe('What it reads or writes: a table, or a common table expression.'),
    index: z.string().nullable(),
    condition: z
      .string()
      .nullable()
      .describe('What an index or a join is asked for, or what is sorted by; cut to a sane length.'),
    filter: z.string().nullable().describe('What rows are thrown away by; cut to a sane length.'),
    rows: z.number().describe('Rows of one execution.'),
    cost: z.number().describe('Total cost of one execution, with all below.'),
    exclusiveCost: z.number().describe('Cost of the node alone, over all its executions.'),
    loops: z.number().describe('How often it is executed.'),
    mark: z
      .enum(['cause', 'changed'])
      .nullable()
      .describe('`changed` where it is not as at base, `cause` where the cost grew most by it.'),
    get children() {
      return z.array(nodeSchema).readonly();
    },
    leftOut: z
      .strictObject({ nodes: z.int(), cost: z.number() })
      .readonly()
      .nullable()
      .describe('Cheap nodes below it that are left out of a large plan, and what they cost alone.'),
  })
  .readonly();

export const planSummarySchema = z
  .strictObject({
    cost: z.number(),
    rowsRead: z.number(),
    rowsFiltered: z.number(),
    rowsReturned: z.number(),
    scans: z.array(scanDetailSchema).readonly(),
    plan: nodeSchema
      .nullable()
      .describe(
        'Only for queries with insights above low and for plans that changed, worst first as long as there is room; at base only where it changed.',
      ),
  })
  .readonly();

const changeSchema = z
  .strictObject({
    kind: z.enum(workChangeKinds),
    on: z.string().describe('The table, or the tables, that the work is about.'),
    before: z.string().nullable().describe('Null where there was nothing.'),
    after: z.string().nullable(),
  })
  .readonly();

export const differenceSchema = z
  .strictObject({
    node: z.string(),
    relation: z.string().nullable(),
    tables: z.array(z.string()).readonly().describe('Tables whose rows it has to do with.'),
    before: z.string().nullable().describe('What did the same work at base.'),
    costBefore: z.number(),
    costAfter: z.number(),
    changes: z
      .array(changeSchema)
      .readonly()
      .describe('What else is done otherwise, by the work that is done: what grew most comes first.'),
    cause: z
      .strictObject({ file: z.string(), line: z.int().positive(), sql: z.string() })
      .readonly()
      .nullable()
      .describe('The statement of the change that brought it about, as far as that can be told.'),
  })
  .readonly();
