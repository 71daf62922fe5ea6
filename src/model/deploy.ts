import { z } from 'zod';

/** What migrations lock and how long they take at production size, as review.json holds it. */

const rangeSchema = z
  .tuple([z.number(), z.number()])
  .readonly()
  .describe('From the least to the most that is expected.');

const workSchema = z
  .strictObject({
    kind: z.enum(['scan', 'rewrite', 'index build', 'rows changed']),
    relation: z.string(),
    rows: z.number().describe('Rows at production size.'),
    bytes: z.number().nullable().describe('Bytes read, or written anew; null where rows are what counts.'),
    seconds: rangeSchema,
  })
  .readonly();

export const estimateSchema = z
  .strictObject({
    seconds: rangeSchema,
    work: z.array(workSchema).readonly().describe('Empty where only the catalogue is changed.'),
  })
  .readonly();

const placeSchema = z.strictObject({ file: z.string(), line: z.int().positive() }).readonly();

const waitingSchema = z
  .strictObject({
    fingerprint: z.string(),
    name: z.string().describe('Its name, route, place or text.'),
    callsPerSecond: z.number().nullable().describe('Null where the workload does not tell.'),
  })
  .readonly();

const spanSchema = z
  .strictObject({
    relation: z.string(),
    mode: z.string().describe('The strongest in that time.'),
    index: z.string().nullable().describe('The index that the lock is on; null for the table itself.'),
    from: placeSchema.describe('The statement that takes a lock that keeps queries waiting.'),
    to: placeSchema.describe('Where the last statement ends that runs while it is held.'),
    seconds: rangeSchema,
    waiting: z.array(waitingSchema).readonly().describe('Captured queries that have to wait for it.'),
    queued: rangeSchema.nullable().describe('Requests that wait when it is released; null where unknown.'),
    poolExhaustedAfter: z
      .number()
      .nullable()
      .describe('Seconds until every connection of the pool waits; null where unknown or not reached.'),
  })
  .readonly();

const tableLockTimeSchema = z
  .strictObject({
    relation: z.string(),
    mode: z.string(),
    transactions: z.int().positive().describe('How many transactions lock it.'),
    seconds: rangeSchema,
  })
  .readonly();

export const deploySchema = z
  .strictObject({
    seconds: rangeSchema.describe('All statements together.'),
    throughput: z
      .strictObject({
        read: rangeSchema.describe('Bytes a second of a sequential scan.'),
        write: rangeSchema.describe('Bytes a second of rows written anew.'),
        indexRows: rangeSchema.describe('Rows a second that enter one index.'),
        changedRows: rangeSchema.describe('Rows a second that a statement changes.'),
      })
      .readonly()
      .describe('What the estimates assume of production.'),
    pool: z.int().nullable().describe("Connections of the application's pool, where they are stated."),
    locks: z
      .array(spanSchema)
      .readonly()
      .describe('Locks that keep queries waiting, by table and transaction, the longest first.'),
    tables: z
      .array(tableLockTimeSchema)
      .readonly()
      .describe('Lock time of each table over the whole deploy.'),
  })
  .readonly();
export type DeployReview = z.infer<typeof deploySchema>;
