import { z } from 'zod';

/** One thing worth telling, as review.json holds it and every renderer reads it. */

export const severities = ['critical', 'high', 'medium', 'low', 'healthy'] as const;
export const severitySchema = z.enum(severities);
export type Severity = z.infer<typeof severitySchema>;

const confidenceSchema = z
  .enum([
    'observed',
    'planned at production size',
    'planned at assumed size',
    'planned without production size',
    'text only',
  ])
  .describe('What the insight rests on.');
export type Confidence = z.infer<typeof confidenceSchema>;

const insightOriginSchema = z
  .enum(['introduced', 'existing', 'suppressed'])
  .describe('Whether the change causes it, the base branch had it already, or somebody lets it pass.');

const locationSchema = z
  .strictObject({
    file: z.string(),
    line: z.int().positive(),
    endLine: z.int().positive(),
  })
  .readonly();
export type InsightLocation = z.infer<typeof locationSchema>;

export const scanDetailSchema = z
  .strictObject({
    table: z.string(),
    access: z.string().describe('Access method: Seq Scan, Index Scan, ...'),
    index: z.string().nullable(),
    rowsRead: z.number(),
    rowsFiltered: z.number(),
    cost: z.number().describe('Planner cost of the node alone, over all its executions.'),
  })
  .readonly();

const evidenceSchema = z
  .strictObject({
    facts: z
      .record(z.string(), z.union([z.string(), z.number()]).nullable())
      .readonly()
      .describe('Figures and names that the sentences of the insight are made of.'),
    scans: z.array(scanDetailSchema).readonly().describe('The detail table of a plan.'),
    error: z
      .strictObject({
        sqlstate: z.string(),
        message: z.string(),
        detail: z.string().nullable(),
        hint: z.string().nullable(),
      })
      .readonly()
      .nullable()
      .describe("PostgreSQL's own words, where it refused something."),
    sql: z.string().nullable().describe('The statement or query that the insight is about.'),
    queries: z
      .array(z.string())
      .readonly()
      .describe('Fingerprints of the captured queries that it names, or is about.'),
  })
  .readonly();
export type Evidence = z.infer<typeof evidenceSchema>;

const changedMigrationSchema = z
  .strictObject({
    replaces: z.string().describe('The file that they take the place of.'),
    alsoReplaces: z
      .array(z.string())
      .readonly()
      .describe('Further files of the change that they take the place of.'),
    files: z
      .array(z.strictObject({ path: z.string(), text: z.string() }).readonly())
      .readonly()
      .describe('In the order in which they run.'),
    advice: z.array(z.string()).readonly().describe('What to mind when they are run.'),
  })
  .readonly();
export type ChangedMigration = z.infer<typeof changedMigrationSchema>;

const remediationSchema = z
  .strictObject({
    kind: z.enum(['sql', 'migration', 'query', 'advice']),
    title: z.string(),
    text: z.string(),
    verified: z.boolean().describe('Whether it was tried in the sandbox.'),
    effect: z
      .strictObject({ before: z.number(), after: z.number(), unit: z.string() })
      .readonly()
      .nullable()
      .describe('What it was measured to change.'),
    migration: changedMigrationSchema
      .nullable()
      .describe('The files that `text` holds in one piece; null unless it is of the kind `migration`.'),
  })
  .readonly();
export type Remediation = z.infer<typeof remediationSchema>;

const subjectSchema = z
  .strictObject({
    kind: z.enum(['statement', 'migration', 'query', 'table', 'index', 'object', 'trace', 'suppression']),
    name: z.string(),
  })
  .readonly();
export type Subject = z.infer<typeof subjectSchema>;

const suppressionSchema = z
  .strictObject({
    reason: z.string().nullable().describe('As it was given, or null where none was.'),
    file: z.string(),
    line: z.int().positive(),
  })
  .readonly();

export const insightSchema = z
  .strictObject({
    rule: z.string(),
    severity: severitySchema,
    confidence: confidenceSchema,
    origin: insightOriginSchema,
    suppression: suppressionSchema
      .nullable()
      .describe('Why it is let pass, and where that is written; null unless its origin is `suppressed`.'),
    fingerprint: z.string().describe('Stays the same while the insight does; free of lines and costs.'),
    title: z.string(),
    summary: z.string().describe('One sentence; names and code stand between backticks.'),
    location: locationSchema.nullable(),
    subject: subjectSchema,
    services: z
      .array(z.string())
      .readonly()
      .describe('Services that send the queries it is about; empty where captures name none.'),
    evidence: evidenceSchema,
    impact: z.string(),
    remediation: z.array(remediationSchema).readonly(),
  })
  .readonly();
export type Insight = z.infer<typeof insightSchema>;
