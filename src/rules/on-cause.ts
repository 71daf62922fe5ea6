import type { Evidence, Severity } from '../model/insight.ts';
import type { SchemaObject } from '../model/schema.ts';
import type { StatementFacts } from './facts-source.ts';
import { onStatement } from './on-statement.ts';
import { evidence, type Finding } from './rule.ts';

/**
 * A finding about what the change does to an object: at the statement that is its cause, and without a place where
 * both schemas were loaded whole.
 *
 * @param queries fingerprints of the captured queries that it names
 */
export function onCause(
  cause: StatementFacts | null,
  object: SchemaObject,
  severity: Severity,
  figures: Evidence['facts'],
  queries: readonly string[] = [],
): Finding {
  const relation = 'table' in object ? object.table : object.name;
  const about = [object.kind, relation, object.name];
  if (cause !== null) return onStatement(cause, severity, figures, { about, queries });
  return {
    severity,
    confidence: 'observed',
    subject: { kind: 'object', name: relation },
    location: null,
    evidence: evidence({ facts: figures, queries }),
    identity: about,
  };
}
