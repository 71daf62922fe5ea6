import { z } from 'zod';
import type { CapturedQuery } from '../../model/query.ts';
import type { Unchecked } from '../../model/review.ts';
import { recordsOf } from '../stream/records.ts';
import type { CaptureFile, CaptureFormat, CapturePart } from './format.ts';
import { asValue } from './values.ts';

const instant = z.union([z.number(), z.string()]).transform((value, context) => {
  const at = typeof value === 'number' ? value : Date.parse(value);
  if (!Number.isNaN(at)) return at;
  context.addIssue({
    code: 'custom',
    message: 'expected a point in time: ISO 8601, or milliseconds since 1970',
  });
  return z.NEVER;
});

/** One line of a workload file. Keys that a capture adds beyond these are let through. */
export const capturedLineSchema = z.object({
  sql: z.string().min(1).describe('The statement as it was sent, with $1, $2 ... for parameters.'),
  params: z.array(z.unknown()).optional().describe('Values of $1, $2 ...'),
  calls: z.number().int().nonnegative().optional().describe('How often it ran; 1 by default.'),
  route: z.string().optional().describe('Request, job or test that sent it, such as GET /flights/:id.'),
  file: z.string().optional().describe('Source file that sent it, from the root of the repository.'),
  line: z.number().int().positive().optional(),
  service: z.string().optional(),
  test: z.string().optional().describe('The test that sent it.'),
  trace: z.string().optional().describe('Groups the statements of one request, test or session.'),
  startedAt: instant.optional(),
  durationMs: z.number().nonnegative().optional(),
  rows: z.number().nonnegative().optional().describe('Rows that it returned or changed.'),
  of: z
    .literal('migration')
    .optional()
    .describe('Who sent it, where that is a migration: then it is no query of the application.'),
});

/** Reads one line. A line that is none is told, and never stops the review: captures are cut short. */
export function readLine(line: string, subject: string): CapturedQuery | Unchecked | null {
  const read = readSent(line, subject);
  return read === null || 'reason' in read ? read : read.captured;
}

/** A captured execution, and whether a migration sent it. */
interface Sent {
  readonly captured: CapturedQuery;
  readonly by: 'application' | 'migration';
}

function readSent(line: string, subject: string): Sent | Unchecked | null {
  if (line.trim() === '') return null;
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    return { subject, reason: `is no JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
  const parsed = capturedLineSchema.safeParse(value);
  if (!parsed.success) {
    const reasons = parsed.error.issues.map(({ path, message }) => [...path, message].join(': '));
    return { subject, reason: `is no captured query: ${reasons.join('; ')}` };
  }
  const {
    sql,
    params,
    calls,
    route,
    file,
    line: sourceLine,
    service,
    test,
    trace,
    startedAt,
    durationMs,
    rows,
    of,
  } = parsed.data;
  const captured = {
    sql,
    name: null,
    params: params?.map(asValue) ?? null,
    calls: calls ?? 1,
    origin: {
      service: service ?? null,
      route: route ?? null,
      file: file ?? null,
      line: sourceLine ?? null,
      test: test ?? null,
    },
    trace: trace ?? null,
    startedAt: startedAt ?? null,
    durationMs: durationMs ?? null,
    rows: rows ?? null,
  };
  return { captured, by: of ?? 'application' };
}

/** Lines of one file that are named one by one when they cannot be read; the rest are counted. */
const namedLines = 10;

async function* read({ path, open }: CaptureFile): AsyncGenerator<CapturePart> {
  let line = 0;
  let unreadable = 0;
  for await (const records of recordsOf(open(), 'line break')) {
    const statements: CapturedQuery[] = [];
    const migrations: CapturedQuery[] = [];
    const unchecked: Unchecked[] = [];
    const before = unreadable;
    for (const record of records) {
      line += 1;
      const subject = `${path}:${line}`;
      const entry = record === null ? { subject, reason: 'is too long' } : readSent(record, subject);
      if (entry === null) continue;
      if ('captured' in entry) (entry.by === 'migration' ? migrations : statements).push(entry.captured);
      else {
        unreadable += 1;
        if (unreadable <= namedLines) unchecked.push(entry);
      }
    }
    const unnamed = Math.max(0, unreadable - namedLines) - Math.max(0, before - namedLines);
    yield { statements, migrations, unreadable: unnamed, unchecked };
  }
}

/** Our own: one execution on a line. */
export const ndjson: CaptureFormat = {
  name: 'ndjson',
  recognises: (beginning, path) =>
    /\.(ndjson|jsonl)(\.gz)?$/.test(path) &&
    !/^\{"(?:resourceSpans|resource_spans|timestamp)"/m.test(beginning),
  read,
};
