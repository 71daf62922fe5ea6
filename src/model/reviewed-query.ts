import { z } from 'zod';
import { severitySchema } from './insight.ts';
import { parameterSources } from './plan.ts';
import { differenceSchema, planSummarySchema } from './reviewed-plan.ts';

/** What review.json says of queries. */

const originSchema = z
  .strictObject({
    service: z.string().nullable(),
    route: z.string().nullable(),
    file: z.string().nullable(),
    line: z.int().nullable(),
    test: z.string().nullable(),
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

const spentSchema = z.strictObject({
  milliseconds: z.number().describe('All executions together.'),
  share: z.number().nullable().describe('Of the time of all queries there, 0 to 1.'),
});

const sentSchema = z
  .strictObject({
    fingerprint: z.string(),
    name: z.string().nullable(),
    sql: z.string(),
    calls: z.number(),
    origin: originSchema,
  })
  .readonly();
export type SentQuery = z.infer<typeof sentSchema>;

/** How the queries that are sent differ from those that the base sends. */
export const workloadReviewSchema = z
  .strictObject({
    unchanged: z.int().describe('Queries that both send.'),
    added: z.array(sentSchema).readonly(),
    gone: z.array(sentSchema).readonly(),
    changed: z
      .array(z.strictObject({ before: sentSchema, after: sentSchema }).readonly())
      .readonly()
      .describe('Queries of one name or place, with another text.'),
  })
  .readonly();

export const querySchema = z
  .strictObject({
    fingerprint: z.string(),
    name: z.string().nullable(),
    sql: z.string(),
    replaces: z
      .string()
      .nullable()
      .describe('The query of the base in whose place it is; its plan is the one at base.'),
    calls: z.number().describe('In the capture.'),
    time: z
      .strictObject({
        captured: spentSchema
          .extend({ meanMilliseconds: z.number().describe('Of those executions whose time was captured.') })
          .readonly()
          .nullable()
          .describe('Null where the capture does not tell it.'),
        production: spentSchema
          .extend({
            calls: z.number(),
            callsPerSecond: z.number().nullable().describe('Null where it is not known since when.'),
          })
          .readonly()
          .nullable()
          .describe('As pg_stat_statements of the statistics file counted it; null where it did not.'),
      })
      .readonly()
      .describe('What is spent on it.'),
    rows: z
      .number()
      .nullable()
      .describe('Rows that were returned or changed by the executions of which that was captured.'),
    firstSeen: z.string().nullable().describe('When the first execution began, ISO 8601.'),
    lastSeen: z.string().nullable().describe('When the last execution began, ISO 8601.'),
    origin: originSchema,
    origins: z.array(originSchema).readonly().describe('Where it comes from, `origin` first.'),
    originsLeftOut: z.int().describe('Origins beyond these.'),
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
