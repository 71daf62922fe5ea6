import type { CapturedQuery } from '../../model/query.ts';
import { nodeType } from '../../sql/kind.ts';
import { statementsOf } from '../../sql/statements.ts';

/** What a cursor reads, and what COPY writes, is a query; these stand around it. */
const declaring =
  /^\s*declare\s+(?:"(?:[^"]|"")*"|\S+)\s+(?:(?:binary|asensitive|insensitive|no|scroll)\s+)*cursor\s+(?:with(?:out)?\s+hold\s+)?for\s+/i;
const copying = /^\s*copy\s*\(([\s\S]*)\)\s*to\s/i;

const mayHoldQuery = /^\s*(?:declare|copy)\b/i;

/** Statements that auto_explain logs the plan of. */
const planned: ReadonlySet<string> = new Set([
  'SelectStmt',
  'InsertStmt',
  'UpdateStmt',
  'DeleteStmt',
  'MergeStmt',
]);

/**
 * What one logged text holds: a simple query may be of several statements, a cursor or COPY reads a query. The time is
 * that of all of them, so that none of several has it.
 */
export function heldIn(captured: CapturedQuery): readonly CapturedQuery[] {
  if (!captured.sql.includes(';')) return [unwrapped(captured)];
  const split = statementsOf(captured.sql);
  if (split.kind === 'unreadable' || split.value.length < 2) return [unwrapped(captured)];
  const ofPlans = split.value.filter(({ node }) => planned.has(nodeType(node)));
  return split.value.map((statement) =>
    unwrapped({
      ...captured,
      sql: statement.sql,
      durationMs: null,
      rows: ofPlans.length === 1 && ofPlans[0] === statement ? captured.rows : null,
    }),
  );
}

function unwrapped(captured: CapturedQuery): CapturedQuery {
  const { sql } = captured;
  if (!mayHoldQuery.test(sql)) return captured;
  const [before] = declaring.exec(sql) ?? [];
  if (before !== undefined) return { ...captured, sql: sql.slice(before.length) };
  const [, query] = copying.exec(sql) ?? [];
  return query === undefined ? captured : { ...captured, sql: query.trim() };
}
