import { normalize, scan } from '../../sql/grammar.ts';
import { kindOf } from '../../sql/kind.ts';
import { ByteOffsets } from '../../sql/position.ts';
import { statementsOf } from '../../sql/statements.ts';

/**
 * The text of a query as it may be shown; null where it is none, or cannot be read. pg_stat_statements replaces constants of queries, but
 * keeps comments, and the literals of utility statements (PostgreSQL documentation, "pg_stat_statements").
 *
 * @param redact whether it must hold no constant
 */
export function textToShow(sql: string, redact: boolean): string | null {
  const statements = statementsOf(sql);
  if (statements.kind === 'unreadable') return null;
  const isQuery =
    statements.value.length > 0 && statements.value.every(({ node }) => kindOf(node) === 'query');
  if (!isQuery) return null;
  return redact ? withoutConstants(sql) : sql;
}

/** Tokens that are constants. Whole numbers are let pass: what normalising leaves of them are lengths of types and places. */
const constants: ReadonlySet<string> = new Set(['SCONST', 'USCONST', 'BCONST', 'XCONST', 'FCONST']);

function withoutConstants(sql: string): string | null {
  const normalized = normalize(withoutComments(sql) ?? '');
  if (normalized.kind === 'unreadable') return null;
  const tokens = scan(normalized.value);
  if (tokens.kind === 'unreadable') return null;
  return tokens.value.some(({ tokenName }) => constants.has(tokenName)) ? null : normalized.value;
}

function withoutComments(sql: string): string | null {
  const tokens = scan(sql);
  if (tokens.kind === 'unreadable') return null;
  const offsets = new ByteOffsets(sql);
  let text = '';
  let done = 0;
  for (const { start, end, tokenName } of tokens.value) {
    if (tokenName !== 'SQL_COMMENT' && tokenName !== 'C_COMMENT') continue;
    text += `${sql.slice(done, offsets.offsetOf(start))} `;
    done = offsets.offsetOf(end);
  }
  return (text + sql.slice(done)).trim();
}
