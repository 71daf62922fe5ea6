import type { Evidence, Severity } from '../model/insight.ts';
import type { Lock } from '../model/observation.ts';
import { normalize } from '../sql/grammar.ts';
import type { StatementFacts, TableFacts } from './facts.ts';
import { evidence, type Finding } from './rule.ts';

/** A finding about a statement of the change, where it stands in its file. */
export function onStatement(
  { file, statement }: StatementFacts,
  severity: Severity,
  figures: Evidence['facts'],
  parts: Partial<Pick<Evidence, 'error'>> & { readonly line?: number } = {},
): Finding {
  const { line = statement.line, ...rest } = parts;
  const normalized = normalize(statement.sql);
  return {
    severity,
    confidence: 'observed',
    subject: { kind: 'statement', name: firstLine(statement.sql) },
    location: { file, line, endLine: Math.max(line, statement.endLine) },
    evidence: evidence({ facts: figures, sql: statement.sql, ...rest }),
    identity: [file, normalized.kind === 'parsed' ? normalized.value : statement.sql],
  };
}

function firstLine(sql: string): string {
  const text = sql.replaceAll(/\s+/g, ' ').trim();
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

/** The lock that a statement holds on a relation after it ran, or null where none was seen. */
export function lockOn({ statement }: StatementFacts, relation: string): Lock | null {
  if (statement.locks === 'unknown') return null;
  return statement.locks.find((lock) => lock.relation === relation) ?? null;
}

/** What stands behind a number of rows that nobody has stated. */
export function assumedRemark({ source }: TableFacts): string {
  return source === 'assumed' ? ' (assumed)' : '';
}
