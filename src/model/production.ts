import { z } from 'zod';

/**
 * What `pg-guardrails statistics export` writes: sizes and statistics of a production server. This is a published
 * format (docs/statistics.schema.json is generated from it). Names are as the catalogues have them, without quotes.
 * Values of columns are in their text form; with `redacted`, every list of values is empty and `redactedCount` tells how
 * many there were.
 */

const share = z.number().describe('Share of all rows, 0 to 1.');

const valuesSchema = z
  .strictObject({
    values: z.array(z.string()).readonly().describe('Text forms; empty where redacted.'),
    shares: z.array(share).readonly().describe('One for each value, most common first; kept when redacted.'),
  })
  .readonly();

const boundsSchema = z
  .strictObject({
    values: z.array(z.string()).readonly().describe('Text forms, in order; empty where redacted.'),
    count: z.int().describe('How many bounds there are; kept when redacted.'),
  })
  .readonly();

/** What pg_stats tells about a column, or about an expression of an index or of extended statistics. */
const columnStatisticsSchema = z
  .strictObject({
    nullFraction: share,
    width: z.number().describe('Average bytes of a value (avg_width).'),
    distinct: z
      .number()
      .describe('As n_distinct: a count if positive, minus the share of the rows if negative.'),
    mostCommon: valuesSchema.nullable(),
    histogram: boundsSchema.nullable(),
    correlation: z.number().nullable(),
    elements: z
      .strictObject({
        mostCommon: valuesSchema.describe('Its shares end with the three or two extra numbers of pg_stats.'),
        counts: z.array(z.number()).readonly().nullable().describe('elem_count_histogram.'),
      })
      .readonly()
      .nullable()
      .describe('Of arrays and tsvector.'),
    ranges: z
      .strictObject({
        lengths: z.array(z.number()).readonly().nullable(),
        emptyFraction: share.nullable(),
        bounds: boundsSchema.nullable(),
      })
      .readonly()
      .nullable()
      .describe('Of range types; pg_stats shows them from version 17 on.'),
  })
  .readonly();
export type ExportedColumnStatistics = z.infer<typeof columnStatisticsSchema>;

const columnSchema = z
  .strictObject({
    name: z.string(),
    type: z
      .string()
      .describe(
        'As format_type prints it with the usual search_path; `unknown` where it comes from pg_dump.',
      ),
    statistics: columnStatisticsSchema.nullable().describe('Of the table itself; null where there are none.'),
    inherited: columnStatisticsSchema
      .nullable()
      .describe('Of the table with its children or partitions; null where it has none.'),
  })
  .readonly();
export type ExportedColumn = z.infer<typeof columnSchema>;

const indexSchema = z
  .strictObject({
    name: z.string(),
    definition: z.string().describe('As pg_get_indexdef prints it; empty where it comes from pg_dump.'),
    rows: z.number().describe('reltuples.'),
    pages: z.number().describe('8 kB pages of its file.'),
    expressions: z
      .array(z.strictObject({ position: z.int(), statistics: columnStatisticsSchema }).readonly())
      .readonly()
      .describe('Of keys that are expressions, by their position among the keys, from 1.'),
    scans: z.number().nullable().describe('idx_scan since `countersSince`.'),
  })
  .readonly();
export type ExportedIndex = z.infer<typeof indexSchema>;

const activitySchema = z
  .strictObject({
    sequentialScans: z.number(),
    indexScans: z.number(),
    inserted: z.number(),
    updated: z.number(),
    hotUpdated: z.number(),
    deleted: z.number(),
    deadRows: z.number(),
    lastVacuum: z.string().nullable(),
    lastAnalyze: z.string().nullable(),
  })
  .readonly();

const relationSchema = z
  .strictObject({
    schema: z.string(),
    name: z.string(),
    kind: z
      .enum(['table', 'partitioned table', 'materialised view', 'unknown'])
      .describe(
        'Unknown where it comes from pg_dump: a table or an index; without columns it is its own index too.',
      ),
    parent: z
      .strictObject({ schema: z.string(), name: z.string() })
      .readonly()
      .nullable()
      .describe('What it is a partition or a child of.'),
    rows: z.number().describe('reltuples; -1 where it was never analysed.'),
    pages: z
      .number()
      .describe('8 kB pages of its file (pg_relation_size), or relpages where that could not be asked.'),
    allVisible: z.number().describe('relallvisible.'),
    toastPages: z.number().nullable().describe('8 kB pages of its TOAST table.'),
    columns: z.array(columnSchema).readonly(),
    indexes: z.array(indexSchema).readonly(),
    activity: activitySchema.nullable().describe('Counters since `countersSince`.'),
  })
  .readonly();
export type ExportedRelation = z.infer<typeof relationSchema>;

const extendedSchema = z
  .strictObject({
    schema: z.string(),
    name: z.string(),
    table: z.strictObject({ schema: z.string(), name: z.string() }).readonly(),
    columns: z.array(z.string()).readonly(),
    expressions: z.array(z.string()).readonly(),
    distinct: z.string().nullable().describe('pg_ndistinct in text form, by attribute numbers.'),
    dependencies: z.string().nullable().describe('pg_dependencies in text form, by attribute numbers.'),
    attributes: z
      .record(z.string(), z.string())
      .describe('Names of the columns behind those attribute numbers.'),
  })
  .readonly();
export type ExportedExtended = z.infer<typeof extendedSchema>;

const querySchema = z
  .strictObject({
    sql: z.string().describe('As pg_stat_statements has it, constants replaced.'),
    calls: z.number(),
    totalMs: z.number(),
    rows: z.number(),
  })
  .readonly();
export type ExportedQuery = z.infer<typeof querySchema>;

export const productionSchema = z
  .strictObject({
    version: z.literal(1),
    takenAt: z.string().describe('ISO 8601.'),
    redacted: z.boolean(),
    server: z.strictObject({ version: z.string(), major: z.int() }).readonly(),
    settings: z.record(z.string(), z.string()).describe('Planner settings, with units where they have one.'),
    countersSince: z
      .string()
      .nullable()
      .describe('When the counters were last reset (stats_reset), or null.'),
    relations: z.array(relationSchema).readonly(),
    extended: z.array(extendedSchema).readonly(),
    queriesSince: z
      .string()
      .nullable()
      .describe('When pg_stat_statements was last reset; it is so apart from other counters.'),
    queries: z.array(querySchema).readonly().describe('Those that took the most time first.'),
    leftOut: z
      .array(z.strictObject({ subject: z.string(), reason: z.string() }).readonly())
      .readonly()
      .describe('What could not be read, and why.'),
  })
  .readonly();

/** Sizes and statistics of a production server. */
export type ProductionStatistics = z.infer<typeof productionSchema>;
