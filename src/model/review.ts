import { z } from 'zod';
import { deploySchema, estimateSchema } from './deploy.ts';
import { insightSchema, severitySchema } from './insight.ts';
import { parameterSources } from './plan.ts';
import { differenceSchema, planSummarySchema } from './reviewed-plan.ts';

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

const originSchema = z
  .strictObject({
    service: z.string().nullable(),
    route: z.string().nullable(),
    file: z.string().nullable(),
    line: z.int().nullable(),
  })
  .readonly();

const variantSchema = z
  .strictObject({
    parameters: z.enum(parameterSources),
    values: z.array(z.string()).readonly().describe('What each parameter was given, in words.'),
    base: z.number().nullable().describe('Planner cost; null where the base schema was not asked.'),
    head: z.number().nullable().describe('Planner cost; null where the head schema was not asked.'),
  })
  .readonly();
const checkSchema = z
  .strictObject({
    rule: z.string(),
    severity: severitySchema,
    figure: z
      .string()
      .nullable()
      .describe('What was measured, in words; null where nothing was found to measure.'),
  })
  .readonly();
export type Check = z.infer<typeof checkSchema>;

const querySchema = z
  .strictObject({
    fingerprint: z.string(),
    name: z.string().nullable(),
    sql: z.string(),
    replaces: z
      .string()
      .nullable()
      .describe('The query of the base in whose place it is; its plan is the one at base.'),
    calls: z.number(),
    origin: originSchema,
    parameters: z.enum(parameterSources).describe('How its parameters were filled for planning.'),
    variants: z
      .array(variantSchema)
      .readonly()
      .describe('All that it was planned with; `base` and `head` are those of the worst of them.'),
    score: z.number().min(0).max(100),
    base: planSummarySchema.nullable().describe('Null where the base schema cannot run it.'),
    head: planSummarySchema.nullable().describe('Null where the head schema cannot run it.'),
    difference: differenceSchema
      .nullable()
      .describe('The node whose cost grew most from base to head; null where none did.'),
    checks: z.array(checkSchema).readonly().describe('What it was looked at for, healthy or not.'),
  })
  .readonly();
export type ReviewedQuery = z.infer<typeof querySchema>;

const productionTableSchema = z
  .strictObject({
    table: z.string().describe('As it is called at base.'),
    rows: z.number(),
    sequentialScansPerDay: z.number().nullable(),
    indexScansPerDay: z.number().nullable(),
    deadShare: z
      .number()
      .nullable()
      .describe('Dead row versions, as a share of all, 0 to 1; null for a table without any.'),
    lastVacuum: z.string().nullable().describe('ISO 8601; of partitions, the one that waits longest.'),
    lastAnalyze: z.string().nullable().describe('ISO 8601; of partitions, the one that waits longest.'),
    indexes: z
      .array(
        z
          .strictObject({
            name: z.string(),
            scans: z.number().describe('In all the time that was counted.'),
            scansPerDay: z.number().nullable(),
          })
          .readonly(),
      )
      .readonly()
      .describe('Those whose scans are known, most scanned first.'),
  })
  .readonly();

const productionReviewSchema = z
  .strictObject({
    since: z
      .string()
      .nullable()
      .describe('Since when the counters count, at the latest; null where that is not known.'),
    wasReset: z
      .boolean()
      .describe(
        'Whether they were reset then. Without that, and within a day of it, nothing is told by the day.',
      ),
    until: z.string().describe('When the statistics file was made.'),
    tables: z.array(productionTableSchema).readonly().describe('Those that the change touches.'),
  })
  .readonly();

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
    postgres: z
      .strictObject({ version: z.string(), sandbox: z.enum(['embedded', 'container', 'external']) })
      .readonly(),
    statistics: z
      .strictObject({
        source: z.enum(['imported', 'declared', 'assumed']),
        imported: z
          .array(z.string())
          .readonly()
          .describe('Tables whose size is that of the statistics file.'),
        takenAt: z.string().nullable().describe('When the statistics file was made, or null without one.'),
        declared: z.array(z.string()).readonly().describe('Tables whose size is declared.'),
        assumed: z.array(z.string()).readonly().describe('Tables whose size is assumed.'),
        assumedRows: z.number(),
      })
      .readonly(),
    settings: z
      .array(
        z
          .strictObject({
            name: z.string(),
            value: z.string(),
            source: z.enum(['statistics file', 'configuration']),
            isDefault: z.boolean().describe("Whether it is PostgreSQL's default."),
          })
          .readonly(),
      )
      .readonly()
      .describe('Planner settings that queries were planned with; others have their defaults.'),
    production: productionReviewSchema
      .nullable()
      .describe(
        'What the statistics file counted for the tables of the change; null where it tells nothing.',
      ),
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
        judge: z.number(),
        remedies: z.number().describe('Trying indexes, and other forms of migrations and queries.'),
        total: z.number(),
      })
      .readonly()
      .describe('Milliseconds.'),
  })
  .readonly();
export type Review = z.infer<typeof reviewSchema>;
export type Unchecked = Review['unchecked'][number];
