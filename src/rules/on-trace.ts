import type { Evidence, InsightLocation, Severity } from '../model/insight.ts';
import type { Trace, TraceStatement } from '../model/trace.ts';
import { evidence, type Finding } from './rule.ts';
import { lighter } from './severity.ts';
import { orderOf } from './trace-order.ts';

/** A finding about what a request, test or session sends; it stands where its statement is sent from. */
export function onTrace(
  trace: Trace,
  statement: TraceStatement | undefined,
  severity: Severity,
  figures: Evidence['facts'],
): Finding {
  const { service, route, occurrences } = trace;
  return {
    severity,
    confidence: 'observed',
    subject: { kind: 'trace', name: nameOf(trace) },
    location: placeOf(statement),
    evidence: evidence({
      facts: {
        route: nameOf(trace),
        service,
        traces: occurrences,
        order: orderOf(trace.statements),
        ...figures,
      },
      sql: statement?.sql ?? null,
    }),
    identity: [service ?? '', route ?? '', statement?.fingerprint ?? statement?.sql ?? ''],
  };
}

/** How PostgreSQL's log names a session: when it began and its process, in hexadecimal (`%c`); or by its process. */
const session = /^(?:[0-9a-f]+\.[0-9a-f]+|\d+)$/;

/**
 * How severe a repetition is within a trace. A session of a server's log that tells no routes may have served many requests,
 * or tests: there it is one step milder, and nothing where it is low.
 */
export function inTrace({ route, id }: Trace, severity: Severity): Severity {
  if (route !== null || !session.test(id)) return severity;
  return severity === 'low' ? 'healthy' : lighter(severity);
}

/** `GET /orders of shop`, or how the capture calls it. */
export function nameOf({ service, route, id }: Trace): string {
  return `${route ?? `session ${id}`}${service === null ? '' : ` of ${service}`}`;
}

function placeOf(statement: TraceStatement | undefined): InsightLocation | null {
  if (statement === undefined || statement.file === null || statement.line === null) return null;
  return { file: statement.file, line: statement.line, endLine: statement.line };
}

/** `src/orders.ts:14`, where the first of some statements that tells is sent from; null where none does. */
export function sentFrom(statements: readonly TraceStatement[]): string | null {
  const place = statements.map(placeOf).find((each) => each !== null);
  return place === undefined || place === null ? null : `${place.file}:${place.line}`;
}

/** A statement on one line, cut short. */
export function inShort({ sql }: TraceStatement): string {
  const text = sql.replaceAll(/\s+/g, ' ').trim();
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}

/** Milliseconds of all statements, or null where one is not known. */
export function totalMs(statements: readonly TraceStatement[]): number | null {
  return statements.reduce<number | null>(
    (sum, { durationMs }) => (sum === null || durationMs === null ? null : sum + durationMs),
    0,
  );
}
