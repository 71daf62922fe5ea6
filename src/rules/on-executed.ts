import type { Evidence, Severity } from '../model/insight.ts';
import type { ExecutedPlan, PlanNode } from '../model/plan.ts';
import type { Query } from '../model/query.ts';
import { queryLocation, querySubject } from './on-plan.ts';
import { evidence, type Finding } from './rule.ts';

/** A query that was executed on somebody's rows, as they are without the change. */
export interface ExecutedFacts {
  readonly query: Query;
  readonly plan: ExecutedPlan;
}

/** A finding about what a query did when it was executed. */
export function onExecuted(
  { query }: ExecutedFacts,
  severity: Severity,
  figures: Evidence['facts'],
): Finding {
  return {
    severity,
    confidence: 'observed',
    subject: querySubject(query),
    location: queryLocation(query),
    evidence: evidence({ facts: figures, sql: query.sql }),
    identity: [query.fingerprint],
  };
}

/** A node in words: `Index Only Scan on public.orders`. */
export function describeNode({ type, operation }: PlanNode): string {
  if (operation.kind !== 'scan') return type;
  return `${type} on ${operation.relation.schema}.${operation.relation.name}`;
}
