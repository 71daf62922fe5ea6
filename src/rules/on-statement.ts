import type { Evidence, Severity } from '../model/insight.ts';
import type { Lock, LockMode, Statement } from '../model/observation.ts';
import { blocksReads, modeInWords } from '../model/observation.ts';
import { normalize } from '../sql/grammar.ts';
import type { StatementFacts, TableFacts } from './facts-source.ts';
import { evidence, type Finding } from './rule.ts';

/** A finding about a statement of the change, where it stands in its file. */
export function onStatement(
  { file, statement }: { readonly file: string; readonly statement: Statement },
  severity: Severity,
  figures: Evidence['facts'],
  parts: Partial<Pick<Evidence, 'error' | 'queries'>> & Particulars = {},
): Finding {
  const { line = statement.line, about = [], ...rest } = parts;
  const normalized = normalize(statement.sql);
  return {
    severity,
    confidence: 'observed',
    subject: { kind: 'statement', name: firstLine(statement.sql) },
    location: { file, line, endLine: Math.max(line, statement.endLine) },
    evidence: evidence({ facts: figures, sql: statement.sql, ...rest }),
    identity: [file, normalized.kind === 'parsed' ? normalized.value : statement.sql, ...about],
  };
}

interface Particulars {
  readonly line?: number;
  /** What tells the finding from others that the rule makes about the same statement. */
  readonly about?: readonly string[];
}

function firstLine(sql: string): string {
  const text = sql.replaceAll(/\s+/g, ' ').trim();
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

/** The strongest lock on a relation while a statement ran, or null where there was none. */
export function lockOn({ statement }: StatementFacts, relation: string): Lock | null {
  return lockIn(statement.locks, relation);
}

/**
 * The mode that a statement took itself; where it took no further one, the mode that its transaction held already,
 * since it may have asked for the same again.
 */
export function ownLockOn({ statement }: StatementFacts, relation: string): Lock | null {
  return lockIn(statement.takes, relation) ?? lockIn(statement.heldAtStart, relation);
}

function lockIn(locks: readonly Lock[], relation: string): Lock | null {
  return locks.find((lock) => lock.relation === relation) ?? null;
}

/** How a lock is called, or `no lock`. */
export function modeOrNone(lock: Lock | null): string {
  return lock === null ? 'no lock' : modeInWords(lock.mode);
}

/** Who waits for a lock that keeps others from writing. */
export function waitingFor(mode: LockMode): string {
  return blocksReads(mode) ? 'all reads and writes' : 'all writes';
}

/** What stands behind a number of rows that nobody has stated. */
export function assumedRemark({ source }: TableFacts): string {
  return source === 'assumed' ? ' (assumed)' : '';
}
