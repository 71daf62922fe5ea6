import { z } from 'zod';
import { deploySchema } from './deploy.ts';
import { insightSchema } from './insight.ts';
import { releaseSchema } from './release.ts';
import { migrationSchema } from './reviewed-migration.ts';
import { productionReviewSchema } from './reviewed-production.ts';
import { querySchema, workloadReviewSchema } from './reviewed-query.ts';

/**
 * review.json: what every renderer and every consumer reads. This is the published contract
 * (docs/review.schema.json is generated from it), so a change here is a change for users.
 */

const gradeSchema = z.enum(['A', 'B', 'C', 'D', 'F']);
export type Grade = z.infer<typeof gradeSchema>;

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
    release: releaseSchema
      .nullable()
      .describe(
        'In which order to release the migrations and the code; null where nothing was captured, the schema stays as it is, or a migration fails.',
      ),
    queries: z.array(querySchema).readonly(),
    workload: workloadReviewSchema
      .nullable()
      .describe('What the change makes of the queries; null where those of the base are not known.'),
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
