import { z } from 'zod';
import { count, duration, share } from './quantities.ts';

const columnSchema = z
  .strictObject({
    distinct: count.optional().describe('Number of different values.'),
    nulls: share.optional().describe('Share of NULLs.'),
    width: count.optional().describe('Average bytes of a value; taken from the type by default.'),
    correlation: z
      .number()
      .min(-1)
      .max(1)
      .optional()
      .describe('How far the order of the rows on disk follows the values: 1 wholly, 0 not at all.'),
    common: z
      .record(z.string(), share)
      .optional()
      .describe('The most common values, each with its share of the rows.'),
  })
  .refine(
    ({ common = {} }) => Object.values(common).reduce((sum, each) => sum + each, 0) <= 1.000_001,
    'the shares of its most common values add up to more than 1',
  );

const tableSchema = z.strictObject({
  rows: count.describe('Rows at production.'),
  width: count
    .optional()
    .describe("Average bytes of a row's columns; taken from the column types by default."),
  columns: z.record(z.string(), columnSchema).optional(),
});

const levels = z.strictObject({
  low: count.optional(),
  medium: count.optional(),
  high: count.optional(),
  critical: count.optional(),
});

/** The configuration file, as people write it. docs/config.schema.json is generated from it. */
export const configSchema = z.strictObject({
  migrations: z.string().optional().describe('Folder of the migrations.'),
  workload: z.array(z.string()).optional().describe('Files with captured queries: .ndjson, .jsonl or .sql.'),
  postgres: z
    .strictObject({
      sandbox: z.enum(['embedded', 'container']).optional().describe('Where the throw-away server runs.'),
      version: z.int().min(14).max(18).optional().describe('Major version, that of production.'),
      image: z.string().optional().describe('Container image, instead of postgres:VERSION.'),
    })
    .optional(),
  tables: z.record(z.string(), tableSchema).optional().describe('Sizes at production, by table name.'),
  assume: z
    .strictObject({ rows: count.optional().describe('Rows of tables that are not listed: 1M by default.') })
    .optional(),
  'fail-on': z
    .enum(['critical', 'high', 'medium', 'low', 'never'])
    .optional()
    .describe('Introduced insights of this severity or worse fail the check.'),
  'min-score': z.number().min(0).max(100).optional().describe('A lower score of the change fails the check.'),
  limits: z
    .strictObject({
      statement: duration.optional().describe('Longest that one statement may run: 60s by default.'),
    })
    .optional(),
  rules: z
    .record(z.string(), z.enum(['on', 'off']))
    .optional()
    .describe('Rules that are switched off, by id.'),
  thresholds: z
    .record(z.string(), levels)
    .optional()
    .describe('From which value on a rule is low, medium, high or critical, by rule id.'),
});

export type ConfigFile = z.output<typeof configSchema>;
