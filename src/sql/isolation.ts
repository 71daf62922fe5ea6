import type { Node } from './grammar.ts';
import { parse } from './grammar.ts';

/** An isolation level that a statement asks for, and for what. */
export interface Isolation {
  /** In capitals, as PostgreSQL's documentation writes it: `REPEATABLE READ`. */
  readonly level: string;
  readonly scope: 'transaction' | 'session';
}

/** Texts that cannot name a level need not be parsed. */
const mayName = /isolation/i;

/**
 * Which isolation level a statement asks for: BEGIN and SET TRANSACTION for a transaction, SET SESSION CHARACTERISTICS and
 * `default_transaction_isolation` for those that follow. Null where it asks for none.
 */
export function isolationOf(sql: string): Isolation | null {
  const parsed = mayName.test(sql) ? parse(sql) : null;
  const node = parsed?.kind === 'parsed' ? parsed.value.stmts?.[0]?.stmt : undefined;
  if (node === undefined) return null;
  if ('TransactionStmt' in node) return optionIn(node.TransactionStmt.options, 'transaction');
  if (!('VariableSetStmt' in node)) return null;
  const { name, args = [] } = node.VariableSetStmt;
  switch (name) {
    case 'TRANSACTION':
      return optionIn(args, 'transaction');
    case 'SESSION CHARACTERISTICS':
      return optionIn(args, 'session');
    case 'transaction_isolation':
      return levelIn(args[0], 'transaction');
    case 'default_transaction_isolation':
      return levelIn(args[0], 'session');
    default:
      return null;
  }
}

function optionIn(options: readonly Node[] | undefined, scope: Isolation['scope']): Isolation | null {
  const [option] = (options ?? []).flatMap((each) =>
    'DefElem' in each && each.DefElem.defname === 'transaction_isolation' ? (each.DefElem.arg ?? []) : [],
  );
  return levelIn(option, scope);
}

function levelIn(node: Node | undefined, scope: Isolation['scope']): Isolation | null {
  const level = node !== undefined && 'A_Const' in node ? node.A_Const.sval?.sval : undefined;
  return level === undefined ? null : { level: level.toUpperCase(), scope };
}
