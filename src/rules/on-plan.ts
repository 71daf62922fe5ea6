import type { Confidence, Evidence, InsightLocation, Severity, Subject } from '../model/insight.ts';
import { type Query, unknownOrigin } from '../model/query.ts';
import { subjectOf } from '../workload/aggregate.ts';
import type { Facts } from './facts.ts';
import type { PlanFacts } from './facts-source.ts';
import { evidence, type Finding } from './rule.ts';

/** Scans that a detail table shows; the costliest come first. */
export const shownScans = 8;

/** What a query is called by. */
type NamedQuery = Pick<Query, 'sql' | 'name' | 'origins'>;

export function querySubject(query: NamedQuery): Subject {
  const [origin] = query.origins;
  return {
    kind: 'query',
    name: subjectOf({ sql: query.sql, name: query.name, origin: origin ?? unknownOrigin }),
  };
}

/** A query as sentences about something else call it: `list`, or `list (orders)` where a service is known to send it. */
export function queryName(query: NamedQuery): string {
  const services = [...new Set(query.origins.flatMap(({ service }) => service ?? []))].toSorted();
  const { name } = querySubject(query);
  return services.length === 0 ? name : `${name} (${services.join(', ')})`;
}

/** Where the query is sent from, if the capture knew. */
export function queryLocation(query: Query): InsightLocation | null {
  const place = query.origins.find(({ file, line }) => file !== null && line !== null);
  if (place?.file == null || place.line === null) return null;
  return { file: place.file, line: place.line, endLine: place.line };
}

/** What the costs of a plan are worth. */
export function confidenceOf(facts: Facts, plan: PlanFacts): Confidence {
  if (facts.sizing !== 'files') return 'planned without production size';
  return facts.hasKnownSizes(plan) ? 'planned at production size' : 'planned at assumed size';
}

/**
 * A finding about a query's plan, with the detail table of its scans.
 *
 * @param location where it stands, if not where the query is sent from
 */
export function onPlan(
  facts: Facts,
  plan: PlanFacts,
  severity: Severity,
  figures: Evidence['facts'],
  location: InsightLocation | null = queryLocation(plan.query),
): Finding {
  const { query, text, measures } = plan;
  return {
    severity,
    confidence: confidenceOf(facts, plan),
    subject: querySubject(query),
    location,
    evidence: evidence({
      facts: figures,
      scans: measures.scans.slice(0, shownScans),
      sql: text,
    }),
    identity: [query.fingerprint],
  };
}
