import { type Node, parse } from './grammar.ts';

/**
 * What a statement is, as far as a review treats it differently: a query is planned; transaction control and
 * session statements belong to how queries are sent; anything else changes or administers the database.
 */
export type StatementKind = 'query' | 'transaction control' | 'session' | 'other';

const queries: ReadonlySet<string> = new Set([
  'SelectStmt',
  'InsertStmt',
  'UpdateStmt',
  'DeleteStmt',
  'MergeStmt',
]);

const session: ReadonlySet<string> = new Set([
  'VariableSetStmt',
  'VariableShowStmt',
  'DiscardStmt',
  'PrepareStmt',
  'ExecuteStmt',
  'DeallocateStmt',
  'DeclareCursorStmt',
  'FetchStmt',
  'ClosePortalStmt',
  'ListenStmt',
  'UnlistenStmt',
  'NotifyStmt',
  'ExplainStmt',
]);

/** Name of the node's type in PostgreSQL's parse tree: `SelectStmt`, `IndexStmt`. */
export function nodeType(node: Node): string {
  return Object.keys(node)[0] ?? 'unknown';
}

export function kindOf(node: Node): StatementKind {
  const type = nodeType(node);
  if (type === 'TransactionStmt') return 'transaction control';
  if (session.has(type)) return 'session';
  if ('SelectStmt' in node && node.SelectStmt.intoClause !== undefined) return 'other';
  return queries.has(type) ? 'query' : 'other';
}

/** What a transaction statement does to the transaction it stands in. */
export type TransactionControl = 'begins' | 'ends' | 'within';

export function transactionControlOf(node: Node): TransactionControl | null {
  if (!('TransactionStmt' in node)) return null;
  switch (node.TransactionStmt.kind) {
    case 'TRANS_STMT_BEGIN':
    case 'TRANS_STMT_START':
      return 'begins';
    case 'TRANS_STMT_COMMIT':
    case 'TRANS_STMT_ROLLBACK':
    case 'TRANS_STMT_PREPARE':
      return 'ends';
    default:
      return 'within';
  }
}

/** What runs whatever it holds or calls, or does nothing but to lock. */
const openEnded: ReadonlySet<string> = new Set(['LockStmt', 'DoStmt', 'CallStmt', 'SelectStmt']);

/** Whether a statement is for changing an object or rows, even where it finds nothing left to change. */
export function isAlteration(sql: string): boolean {
  const parsed = parse(sql);
  const statement = parsed.kind === 'parsed' ? parsed.value.stmts?.[0]?.stmt : undefined;
  return statement !== undefined && !openEnded.has(nodeType(statement));
}

/** Whether a statement is a block or a call: it runs other statements. */
export function runsStatements(sql: string): boolean {
  const parsed = parse(sql);
  const statement = parsed.kind === 'parsed' ? parsed.value.stmts?.[0]?.stmt : undefined;
  return statement !== undefined && ('DoStmt' in statement || 'CallStmt' in statement);
}
