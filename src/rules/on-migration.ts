import type { Evidence, Severity } from '../model/insight.ts';
import { evidence, type Finding } from './rule.ts';

/** A finding about a migration as a whole. Without a line where its file is gone. */
export function onMigration(
  path: string,
  severity: Severity,
  figures: Evidence['facts'],
  line: number | null = 1,
): Finding {
  return {
    severity,
    confidence: 'observed',
    subject: { kind: 'migration', name: path },
    location: line === null ? null : { file: path, line, endLine: line },
    evidence: evidence({ facts: figures }),
    identity: [path],
  };
}
