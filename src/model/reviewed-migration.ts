import { z } from 'zod';
import { estimateSchema } from './deploy.ts';

/** What review.json says of migrations. */

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

export const migrationSchema = z
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
