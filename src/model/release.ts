import { z } from 'zod';

/** In which order the migrations and the code of each service can be released, as review.json tells it. */

const orderSchema = z
  .enum(['any', 'migration first', 'code first', 'by service', 'none'])
  .describe(
    '`by service`: some services are released before the migrations, and others after them. `none`: whichever goes first, captured queries fail.',
  );

const obstacleSchema = z
  .strictObject({
    fingerprint: z.string(),
    name: z.string(),
    version: z
      .enum(['running', 'new', 'both', 'unknown'])
      .describe('Which version sends it: `unknown` where only one workload is known.'),
    reason: z.string().describe('Why it fails.'),
    cause: z
      .strictObject({ file: z.string(), line: z.int().positive() })
      .readonly()
      .nullable()
      .describe('The statement of the change that is behind it, as far as that can be told.'),
  })
  .readonly();
export type ReleaseObstacle = z.infer<typeof obstacleSchema>;

const serviceSchema = z
  .strictObject({
    service: z.string().nullable().describe('Null where captures name none.'),
    order: orderSchema.exclude(['by service']),
    broken: z.array(obstacleSchema).readonly().describe('Queries that fail once the migrations have run.'),
    early: z
      .array(obstacleSchema)
      .readonly()
      .describe('Queries of the new version that fail until the migrations have run.'),
  })
  .readonly();
export type ServiceReleaseReview = z.infer<typeof serviceSchema>;

export const releaseSchema = z
  .strictObject({
    order: orderSchema,
    isCompared: z
      .boolean()
      .describe('Whether the workload of the base is known too, so that versions can be told apart.'),
    steps: z.array(z.string()).readonly().describe('What to do, in this order; empty where any will do.'),
    services: z.array(serviceSchema).readonly(),
  })
  .readonly();
export type ReleaseReview = z.infer<typeof releaseSchema>;
