import type { Evidence, Severity } from '../model/insight.ts';
import type { SchemaObject } from '../model/schema.ts';
import type { StatementFacts } from './facts.ts';
import { onStatement } from './on-statement.ts';
import { evidence, type Finding } from './rule.ts';

/**
 * A finding about what the change does to an object: at the statement that is its cause, and without a place where
 * both schemas were loaded whole.
 */
export function onCause(
  cause: StatementFacts | null,
  object: SchemaObject,
  severity: Severity,
  figures: Evidence['facts'],
): Finding {
  const relation = 'table' in object ? object.table : object.name;
  const about = [object.kind, relation, object.name];
  if (cause !== null) return onStatement(cause, severity, figures, { about });
  return {
    severity,
    confidence: 'observed',
    subject: { kind: 'object', name: relation },
    location: null,
    evidence: evidence({ facts: figures }),
    identity: about,
  };
}
