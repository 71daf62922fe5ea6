import type { SentText } from '../../server-log/entry.ts';
import type { Node } from '../../sql/grammar.ts';
import { withLiterals } from '../../sql/literals.ts';
import { statementsOf } from '../../sql/statements.ts';

export interface SentStatement {
  /** With its parameters in it. */
  readonly sql: string;
  /** With `$1`, `$2` ... in it, as whoever wrote it did. */
  readonly written: string;
  /** Null where PostgreSQL's newest grammar cannot read it. */
  readonly node: Node | null;
}

/** Statements that a session committed together. */
export interface SentTransaction {
  readonly session: string;
  /** Whether it was begun by BEGIN. Without one, what is sent in one message commits together. */
  readonly isExplicit: boolean;
  readonly statements: readonly SentStatement[];
  /** The message, where the transaction was one text of several statements. */
  readonly query: string | null;
}

/** The transactions that were committed, in the order in which they were. What was rolled back is left out. */
export function committedTransactions(sent: readonly SentText[]): readonly SentTransaction[] {
  const committed: Committed[] = [];
  const sessions = new Map<string, OneSession>();
  for (const [position, text] of sent.entries()) {
    const session = sessions.get(text.session) ?? new OneSession(text.session, committed);
    sessions.set(text.session, session);
    session.take(text, position);
  }
  for (const session of sessions.values()) session.end();
  return committed.toSorted((a, b) => a.position - b.position);
}

/** `position` is that of its last text. */
type Committed = SentTransaction & { readonly position: number };

interface OpenTransaction {
  isExplicit: boolean;
  isFailed: boolean;
  /** Its virtual id. */
  readonly id: string;
  readonly statements: SentStatement[];
  /** What the transaction held when a savepoint was set. */
  readonly savepoints: { readonly name: string; readonly length: number }[];
  query: string | null;
  position: number;
}

/** Follows one session through its transactions. */
class OneSession {
  readonly #name: string;
  readonly #committed: Committed[];
  #open: OpenTransaction | null = null;

  constructor(name: string, committed: Committed[]) {
    this.#name = name;
    this.#committed = committed;
  }

  take(text: SentText, position: number): void {
    const statements = readStatements(text);
    if (this.#open !== null && !this.#open.isExplicit && this.#open.id !== text.transaction) this.#commit();
    if (text.failed) {
      this.#fail(statements, text);
      return;
    }
    const isWhole = this.#open === null && statements.length > 1 && !statements.some(isControl);
    for (const statement of statements) this.#take(statement, text, position);
    if (this.#open !== null) this.#open.query = isWhole ? text.text : null;
  }

  /** The end of a session rolls back what it has not committed. */
  end(): void {
    if (this.#open?.isExplicit === false) this.#commit();
    this.#open = null;
  }

  #take(statement: SentStatement, { transaction: id }: SentText, position: number): void {
    const { node } = statement;
    if (node === null || !('TransactionStmt' in node)) {
      this.#open ??= begun(id, false);
      this.#open.statements.push(statement);
      this.#open.position = position;
      return;
    }
    const { kind, savepoint_name: name = '', chain = false } = node.TransactionStmt;
    switch (kind) {
      case 'TRANS_STMT_BEGIN':
      case 'TRANS_STMT_START':
        this.#open ??= begun(id, true);
        this.#open.isExplicit = true;
        return;
      case 'TRANS_STMT_COMMIT':
      case 'TRANS_STMT_PREPARE':
        if (this.#open !== null) this.#open.position = position;
        this.#commit();
        if (chain) this.#open = begun(id, true);
        return;
      case 'TRANS_STMT_ROLLBACK':
        this.#open = chain ? begun(id, true) : null;
        return;
      case 'TRANS_STMT_SAVEPOINT':
        this.#open?.savepoints.push({ name, length: this.#open.statements.length });
        return;
      case 'TRANS_STMT_ROLLBACK_TO':
        this.#rollBackTo(name);
        return;
      default:
        // RELEASE keeps what was done, and COMMIT PREPARED was taken for done.
        return;
    }
  }

  #rollBackTo(name: string): void {
    if (this.#open === null) return;
    const index = this.#open.savepoints.findLastIndex((each) => each.name === name);
    this.#open.statements.length = this.#open.savepoints[index]?.length ?? 0;
    this.#open.savepoints.length = index + 1;
    this.#open.isFailed = false;
  }

  /** An error fails a transaction that BEGIN began, and undoes any other. */
  #fail(statements: readonly SentStatement[], { transaction: id }: SentText): void {
    if (statements.some(isCommit)) this.#open = null;
    else if (this.#open?.isExplicit === true) this.#open.isFailed = true;
    else this.#open = statements.some(isBegin) ? { ...begun(id, true), isFailed: true } : null;
  }

  #commit(): void {
    const open = this.#open;
    this.#open = null;
    if (open === null || open.isFailed || open.statements.length === 0) return;
    const { isExplicit, statements, query, position } = open;
    this.#committed.push({
      session: this.#name,
      isExplicit,
      statements,
      query: isExplicit ? null : query,
      position,
    });
  }
}

function begun(id: string, isExplicit: boolean): OpenTransaction {
  return { id, isExplicit, isFailed: false, statements: [], savepoints: [], query: null, position: 0 };
}

function readStatements({ text, parameters }: SentText): readonly SentStatement[] {
  const sql = withLiterals(text, parameters);
  const parsed = statementsOf(sql);
  if (parsed.kind === 'unreadable') return [{ sql, written: text, node: null }];
  // Only a statement that was sent alone can have parameters.
  return parsed.value.map(({ sql, node }) => ({ sql, written: parameters.length > 0 ? text : sql, node }));
}

function isControl({ node }: SentStatement): boolean {
  return node !== null && 'TransactionStmt' in node;
}

function isCommit({ node }: SentStatement): boolean {
  return node !== null && 'TransactionStmt' in node && node.TransactionStmt.kind === 'TRANS_STMT_COMMIT';
}

function isBegin({ node }: SentStatement): boolean {
  return (
    node !== null && 'TransactionStmt' in node && /_(BEGIN|START)$/.test(node.TransactionStmt.kind ?? '')
  );
}
