import type { Evidence, Severity } from '../model/insight.ts';
import type { StatementFacts } from './facts-source.ts';
import { onStatement } from './on-statement.ts';
import type { Obstacle } from './release.ts';
import { evidence, type Finding } from './rule.ts';

/** A finding about the order of release: at the statement that decides it, and nowhere where none is known to. */
export function onRelease(
  statement: StatementFacts | null,
  severity: Severity,
  figures: Evidence['facts'],
  obstacles: readonly Obstacle[],
): Finding {
  const queries = [...new Set(obstacles.map(({ query }) => query.fingerprint))];
  if (statement !== null) {
    return onStatement(statement, severity, figures, { about: ['release'], queries });
  }
  return {
    severity,
    confidence: 'observed',
    subject: { kind: 'object', name: 'order of release' },
    location: null,
    evidence: evidence({ facts: figures, queries }),
    identity: ['release'],
  };
}
