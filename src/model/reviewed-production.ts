import { z } from 'zod';

/** What review.json says of production. */

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

export const productionReviewSchema = z
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
