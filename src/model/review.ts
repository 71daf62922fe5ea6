import { z } from 'zod';

/**
 * review.json: what every renderer and every consumer reads. This is the published contract
 * (docs/review.schema.json is generated from it), so a change here is a change for users.
 */

export const severities = ['critical', 'high', 'medium', 'low', 'healthy'] as const;
const severitySchema = z.enum(severities);
export type Severity = z.infer<typeof severitySchema>;

const confidenceSchema = z
  .enum(['observed', 'planned at production size', 'planned at assumed size', 'text only'])
  .describe('What the insight rests on.');
export type Confidence = z.infer<typeof confidenceSchema>;

const insightOriginSchema = z
  .enum(['introduced', 'existing', 'suppressed'])
  .describe('Whether the change causes it, the base branch had it already, or somebody switched it off.');

const gradeSchema = z.enum(['A', 'B', 'C', 'D', 'F']);
export type Grade = z.infer<typeof gradeSchema>;

const locationSchema = z
  .strictObject({
    file: z.string(),
    line: z.int().positive(),
    endLine: z.int().positive(),
  })
  .readonly();
export type InsightLocation = z.infer<typeof locationSchema>;

const scanDetailSchema = z
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
  })
  .readonly();
export type Evidence = z.infer<typeof evidenceSchema>;

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
  })
  .readonly();
export type Remediation = z.infer<typeof remediationSchema>;

const subjectSchema = z
  .strictObject({
    kind: z.enum(['statement', 'query', 'table', 'index', 'trace']),
    name: z.string(),
  })
  .readonly();
export type Subject = z.infer<typeof subjectSchema>;

const insightSchema = z
  .strictObject({
    rule: z.string(),
    severity: severitySchema,
    confidence: confidenceSchema,
    origin: insightOriginSchema,
    fingerprint: z.string().describe('Stays the same while the insight does; free of lines and costs.'),
    title: z.string(),
    summary: z.string().describe('One sentence; names and code stand between backticks.'),
    location: locationSchema.nullable(),
    subject: subjectSchema,
    evidence: evidenceSchema,
    impact: z.string(),
    remediation: z.array(remediationSchema).readonly(),
  })
  .readonly();
export type Insight = z.infer<typeof insightSchema>;

const lockSchema = z.strictObject({ relation: z.string(), mode: z.string() }).readonly();

const statementSchema = z
  .strictObject({
    line: z.int().positive(),
    endLine: z.int().positive(),
    sql: z.string(),
    heldAtStart: z.array(lockSchema).readonly(),
    locks: z
      .array(lockSchema)
      .readonly()
      .nullable()
      .describe('Strongest per relation; null where it ran outside a transaction and could not be read.'),
    rewrites: z.array(z.string()).readonly(),
    scans: z.array(z.string()).readonly(),
    indexesBuilt: z.array(z.string()).readonly(),
    durationMs: z.number().describe('In the sandbox, on almost empty tables.'),
    error: z.strictObject({ sqlstate: z.string().nullable(), message: z.string() }).readonly().nullable(),
  })
  .readonly();

const migrationSchema = z
  .strictObject({
    file: z.string(),
    transaction: z
      .enum(['file', 'statement', 'none'])
      .describe('One transaction for the file, one for each statement, or none at all.'),
    statements: z.array(statementSchema).readonly(),
  })
  .readonly();

const planSummarySchema = z
  .strictObject({
    cost: z.number(),
    rowsRead: z.number(),
    rowsFiltered: z.number(),
    rowsReturned: z.number(),
    scans: z.array(scanDetailSchema).readonly(),
  })
  .readonly();

const originSchema = z
  .strictObject({
    service: z.string().nullable(),
    route: z.string().nullable(),
    file: z.string().nullable(),
    line: z.int().nullable(),
  })
  .readonly();

const querySchema = z
  .strictObject({
    fingerprint: z.string(),
    name: z.string().nullable(),
    sql: z.string(),
    calls: z.number(),
    origin: originSchema,
    parameters: z
      .enum(['none', 'captured values', 'generic'])
      .describe('How its parameters were filled for planning.'),
    score: z.number().min(0).max(100),
    base: planSummarySchema.nullable().describe('Null where the base schema cannot run it.'),
    head: planSummarySchema.nullable().describe('Null where the head schema cannot run it.'),
    checks: z.array(z.strictObject({ rule: z.string(), severity: severitySchema }).readonly()).readonly(),
  })
  .readonly();
export type ReviewedQuery = z.infer<typeof querySchema>;

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
    postgres: z.strictObject({ version: z.string(), sandbox: z.enum(['embedded', 'container']) }).readonly(),
    statistics: z
      .strictObject({
        source: z.enum(['imported', 'declared', 'assumed']),
        declared: z.array(z.string()).readonly().describe('Tables whose size is known.'),
        assumed: z.array(z.string()).readonly().describe('Tables whose size is assumed.'),
        assumedRows: z.number(),
      })
      .readonly(),
    insights: z.array(insightSchema).readonly(),
    migrations: z.array(migrationSchema).readonly(),
    queries: z.array(querySchema).readonly(),
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
        total: z.number(),
      })
      .readonly()
      .describe('Milliseconds.'),
  })
  .readonly();
export type Review = z.infer<typeof reviewSchema>;
export type Unchecked = Review['unchecked'][number];
