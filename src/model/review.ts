import { z } from 'zod';
import { deploySchema, estimateSchema } from './deploy.ts';
import { insightSchema, scanDetailSchema, severitySchema } from './insight.ts';

/**
 * review.json: what every renderer and every consumer reads. This is the published contract
 * (docs/review.schema.json is generated from it), so a change here is a change for users.
 */

const gradeSchema = z.enum(['A', 'B', 'C', 'D', 'F']);
export type Grade = z.infer<typeof gradeSchema>;

const lockSchema = z.strictObject({ relation: z.string(), mode: z.string() }).readonly();

const changedRowsSchema = z
  .strictObject({ relation: z.string(), inserted: z.int(), updated: z.int(), deleted: z.int() })
  .readonly();

const catalogueDifferenceSchema = z
  .strictObject({
    kind: z.enum(['created', 'dropped', 'altered']),
    object: z.string().describe('Kind of object: table, column, index, constraint, ...'),
    name: z.string(),
    table: z.string().nullable().describe('The table that it belongs to, if it does to one.'),
    properties: z.array(z.string()).readonly().describe('What of it was altered.'),
  })
  .readonly();
export type CatalogueDifference = z.infer<typeof catalogueDifferenceSchema>;

const statementSchema = z
  .strictObject({
    line: z.int().positive(),
    endLine: z.int().positive(),
    sql: z.string(),
    heldAtStart: z.array(lockSchema).readonly(),
    locks: z.array(lockSchema).readonly().describe('Strongest per relation.'),
    rewrites: z.array(z.string()).readonly(),
    scans: z.array(z.string()).readonly(),
    indexesBuilt: z.array(z.string()).readonly(),
    changedRows: z
      .array(changedRowsSchema)
      .readonly()
      .describe('In the sandbox, where tables have a few rows.'),
    differences: z
      .array(catalogueDifferenceSchema)
      .readonly()
      .describe('What it left otherwise in the catalogues.'),
    durationMs: z.number().describe('In the sandbox, on almost empty tables.'),
    estimate: estimateSchema.nullable().describe('How long it takes at production size.'),
    error: z.strictObject({ sqlstate: z.string().nullable(), message: z.string() }).readonly().nullable(),
  })
  .readonly();
export type StatementReview = z.infer<typeof statementSchema>;

const migrationSchema = z
  .strictObject({
    file: z.string(),
    transaction: z
      .enum(['file', 'statement', 'none', 'deploy'])
      .describe(
        'One transaction for the file, one for each statement, none at all, or one for all migrations.',
      ),
    statements: z.array(statementSchema).readonly(),
  })
  .readonly();

const planSummarySchema = z
  .strictObject({
    cost: z.number(),
    rowsRead: z.number(),
    rowsFiltered: z.number(),
    rowsReturned: z.number(),
    scans: z.array(scanDetailSchema).readonly(),
  })
  .readonly();

const differenceSchema = z
  .strictObject({
    node: z.string(),
    relation: z.string().nullable(),
    before: z.string().nullable().describe('What did the same work at base.'),
    costBefore: z.number(),
    costAfter: z.number(),
  })
  .readonly();

const originSchema = z
  .strictObject({
    service: z.string().nullable(),
    route: z.string().nullable(),
    file: z.string().nullable(),
    line: z.int().nullable(),
  })
  .readonly();

const querySchema = z
  .strictObject({
    fingerprint: z.string(),
    name: z.string().nullable(),
    sql: z.string(),
    calls: z.number(),
    origin: originSchema,
    parameters: z
      .enum(['none', 'captured values', 'generic'])
      .describe('How its parameters were filled for planning.'),
    score: z.number().min(0).max(100),
    base: planSummarySchema.nullable().describe('Null where the base schema cannot run it.'),
    head: planSummarySchema.nullable().describe('Null where the head schema cannot run it.'),
    difference: differenceSchema
      .nullable()
      .describe('The node whose cost grew most from base to head; null where none did.'),
    checks: z.array(z.strictObject({ rule: z.string(), severity: severitySchema }).readonly()).readonly(),
  })
  .readonly();
export type ReviewedQuery = z.infer<typeof querySchema>;

const countsSchema = z
  .strictObject({
    critical: z.int(),
    high: z.int(),
    medium: z.int(),
    low: z.int(),
  })
  .readonly();

export const reviewSchema = z
  .strictObject({
    version: z.literal(1),
    verdict: z.enum(['pass', 'fail']),
    reasons: z.array(z.string()).readonly().describe('Why the verdict is fail; empty on pass.'),
    score: z
      .number()
      .min(0)
      .max(100)
      .describe('The worst introduced plan or the worst migration, whichever is lower.'),
    meanScore: z.number().min(0).max(100).describe('Mean score of all plans at head, weighted by calls.'),
    grade: gradeSchema,
    policy: z
      .strictObject({
        failOn: z.enum(['critical', 'high', 'medium', 'low', 'never']),
        minScore: z.number().nullable(),
      })
      .readonly(),
    base: z.string().describe('How the base was told from the head.'),
    counts: z
      .strictObject({ introduced: countsSchema, existing: countsSchema, suppressed: z.int() })
      .readonly(),
    postgres: z.strictObject({ version: z.string(), sandbox: z.enum(['embedded', 'container']) }).readonly(),
    statistics: z
      .strictObject({
        source: z.enum(['imported', 'declared', 'assumed']),
        declared: z.array(z.string()).readonly().describe('Tables whose size is known.'),
        assumed: z.array(z.string()).readonly().describe('Tables whose size is assumed.'),
        assumedRows: z.number(),
      })
      .readonly(),
    insights: z.array(insightSchema).readonly(),
    migrations: z.array(migrationSchema).readonly(),
    deploy: deploySchema.describe('What the migrations lock and how long they take at production size.'),
    queries: z.array(querySchema).readonly(),
    unchecked: z
      .array(z.strictObject({ subject: z.string(), reason: z.string() }).readonly())
      .readonly()
      .describe('What could not be examined, and why.'),
    timings: z
      .strictObject({
        sandbox: z.number(),
        base: z.number(),
        observe: z.number(),
        plan: z.number(),
        total: z.number(),
      })
      .readonly()
      .describe('Milliseconds.'),
  })
  .readonly();
export type Review = z.infer<typeof reviewSchema>;
export type Unchecked = Review['unchecked'][number];
