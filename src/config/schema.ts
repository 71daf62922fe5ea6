import { z } from 'zod';
import { isPlannerSetting } from '../model/settings.ts';
import type { Suppression } from '../model/suppression.ts';
import { noPlaceholder, unknownPlaceholder, variableName } from './environment.ts';
import { ignoredSchema } from './ignore.ts';
import { byteRate, count, duration, durations, rowRate, share } from './quantities.ts';

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

/** YAML reads `on` as a text and `true` as a truth value; PostgreSQL prints the former. */
function settingText(value: string | number | boolean): string {
  return typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value);
}

const template = z
  .union([z.string(), z.number(), z.boolean()])
  .transform(String)
  .superRefine((text, context) => {
    const unknown = unknownPlaceholder(text);
    if (unknown !== null) context.addIssue({ code: 'custom', message: noPlaceholder(unknown) });
  });

/** A line break in a value would move the lines of the migration that it is put into. */
const placeholder = z
  .union([z.string(), z.number(), z.boolean()])
  .transform(String)
  .refine((value) => !/[\r\n]/.test(value), 'expected a value on one line');

/** The configuration file, as people write it. docs/config.schema.json is generated from it. */
export const configSchema = z.strictObject({
  migrations: z.string().optional().describe('Folder of the migrations.'),
  layout: z.string().optional().describe('Migration tool, by name: goose, flyway, plain; found by default.'),
  placeholders: z
    .record(z.string(), placeholder)
    .optional()
    .describe('Values of placeholders in migrations, by name.'),
  schema: z
    .string()
    .optional()
    .describe('File that holds the whole schema, such as structure.sql; then migrations are not run.'),
  'migrate-command': z
    .string()
    .min(1)
    .optional()
    .describe('Command that runs the migrations, instead of a folder of SQL files.'),
  'capture-command': z
    .string()
    .min(1)
    .optional()
    .describe('Command whose queries join the workload: it runs on a database with the schema of the head.'),
  'call-sites': z
    .boolean()
    .optional()
    .describe(
      'Whether Node programs that are captured tell which of their lines send queries: true by default.',
    ),
  environment: z
    .record(z.string(), template)
    .superRefine((variables, context) => {
      for (const name of Object.keys(variables)) {
        if (variableName.test(name)) continue;
        context.addIssue({ code: 'custom', path: [name], message: 'is no name of an environment variable' });
      }
    })
    .optional()
    .describe(
      'Further variables in the environment of commands, with {host}, {port}, {user}, {password}, {database} and {url} of their database.',
    ),
  workload: z.array(z.string()).optional().describe('Files with captured queries.'),
  'base-workload': z
    .array(z.string())
    .optional()
    .describe('Files with queries captured at the base; its versions of the workload files by default.'),
  'positional-results': z
    .union([z.boolean(), z.array(z.string())])
    .optional()
    .describe(
      'Whether the code takes the columns of a result by their position, so that one more can break it: true, or the services that do.',
    ),
  seed: z.string().optional().describe('SQL file with rows that the tables are to hold before the change.'),
  postgres: z
    .strictObject({
      sandbox: z
        .enum(['embedded', 'container', 'external'])
        .optional()
        .describe('Where the databases of the review are: on a server of its own, or on yours.'),
      'url-variable': z
        .string()
        .regex(/^[A-Za-z_]\w*$/, 'expected the name of an environment variable')
        .optional()
        .describe('Environment variable that holds the URL of an external server.'),
      version: z.int().min(14).max(18).optional().describe('Major version, that of production.'),
      production: z
        .string()
        .regex(/^1[4-8]\.\d+$/, 'expected a version such as "14.2"')
        .optional()
        .describe('Exact version that production runs, where it is not the newest of its major version.'),
      image: z.string().optional().describe('Container image, instead of postgres:VERSION.'),
    })
    .optional(),
  statistics: z
    .string()
    .optional()
    .describe("File of production's statistics, as `pg-guardrails statistics export` writes it."),
  planner: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(settingText))
    .superRefine((settings, context) => {
      for (const name of Object.keys(settings)) {
        if (isPlannerSetting(name)) continue;
        context.addIssue({
          code: 'custom',
          path: [name],
          message: 'is no setting of the planner that can be set here',
        });
      }
    })
    .optional()
    .describe('Planner settings of production, by name, such as work_mem: 64MB.'),
  tables: z.record(z.string(), tableSchema).optional().describe('Sizes at production, by table name.'),
  assume: z
    .strictObject({ rows: count.optional().describe('Rows of tables that are not listed: 1M by default.') })
    .optional(),
  throughput: z
    .strictObject({
      read: byteRate.optional().describe('Bytes a second of a sequential scan: 100MB/s..800MB/s by default.'),
      write: byteRate
        .optional()
        .describe('Bytes a second of rows written anew, with their WAL: 50MB/s..200MB/s by default.'),
      'index-rows': rowRate
        .optional()
        .describe('Rows a second that enter one index of a bigint: 300k/s..2M/s by default.'),
      'changed-rows': rowRate
        .optional()
        .describe('Rows a second that a statement changes, without indexes: 30k/s..400k/s by default.'),
      'round-trip': durations
        .optional()
        .describe('What a statement takes to the server and back: 0.5ms..3ms by default.'),
      commit: durations.optional().describe('What a commit waits for the disk: 0.3ms..5ms by default.'),
    })
    .optional()
    .describe('What production manages, from the least to the most; estimates of migrations rest on it.'),
  pool: z.int().positive().optional().describe("Connections of the application's pool."),
  capture: z
    .strictObject({
      duration: duration
        .refine((milliseconds) => milliseconds > 0, 'a capture takes time')
        .optional()
        .describe('How long the workload was captured; from its first to its last execution by default.'),
      database: z
        .enum(['migrated', 'empty'])
        .optional()
        .describe('What a captured program is given: the schema of the project, or an empty database.'),
      base: z.boolean().optional().describe('Whether the capture command runs at the base as well.'),
    })
    .optional(),
  'fail-on': z
    .enum(['critical', 'high', 'medium', 'low', 'never'])
    .optional()
    .describe('Introduced insights of this severity or worse fail the check.'),
  'min-score': z.number().min(0).max(100).optional().describe('A lower score of the change fails the check.'),
  limits: z
    .strictObject({
      statement: duration.optional().describe('Longest that one statement may run: 60s by default.'),
      execution: duration
        .optional()
        .describe('Longest that a captured query may run with --execute: 5s by default.'),
      command: duration.optional().describe('Longest that a command of the project may run: 10m by default.'),
    })
    .optional(),
  rules: z
    .record(z.string(), z.enum(['on', 'off']))
    .optional()
    .describe('Rules that are switched on or off, by id.'),
  ignore: z.array(ignoredSchema).optional().describe('What is let pass, and why.'),
  thresholds: z
    .record(z.string(), levels)
    .optional()
    .describe('From which value on a rule is low, medium, high or critical, by rule id.'),
});

/** What the configuration file says, checked. */
export interface ConfigFile extends Omit<z.output<typeof configSchema>, 'ignore'> {
  readonly ignore?: readonly Suppression[];
}
