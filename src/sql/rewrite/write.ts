import { deparseSync } from 'pgsql-deparser';
import { type Node, parse } from '../grammar.ts';
import { canonical, flattened } from './tree.ts';

/**
 * A statement as text, laid out over several lines. Null where PostgreSQL's grammar reads the text as anything but
 * that statement.
 */
export function write(statement: Node): string | null {
  const sql = print(flattened(statement));
  const parsed = sql === null ? null : parse(sql);
  if (parsed?.kind !== 'parsed' || parsed.value.stmts?.length !== 1) return null;
  const read = parsed.value.stmts[0]?.stmt;
  return read !== undefined && canonical(flattened(read)) === canonical(flattened(statement)) ? sql : null;
}

/** The printer throws where it meets what it does not know. */
function print(statement: Node): string | null {
  try {
    return deparseSync(statement, { pretty: true });
  } catch (error) {
    if (error instanceof Error) return null;
    throw error;
  }
}
