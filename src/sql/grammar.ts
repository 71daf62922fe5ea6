import './baseline-compiler.ts';

import {
  loadModule,
  type Node,
  normalizeSync,
  type ParseResult,
  parseSync,
  type RangeVar,
  type ScanToken,
  SqlError,
  scanSync,
} from 'libpg-query';

// The WebAssembly module is one shared, stateless parser; waiting for it here lets every caller be synchronous.
await loadModule();

export type { Node, ParseResult, RangeVar };

/** Why PostgreSQL's grammar does not accept a text. Offset in UTF-16 units of the text, from 0. */
interface SyntaxProblem {
  readonly message: string;
  readonly offset: number | null;
}

export type Parsed<T> =
  | { readonly kind: 'parsed'; readonly value: T }
  | { readonly kind: 'unreadable'; readonly problem: SyntaxProblem };

/**
 * Runs one call of PostgreSQL's own parser (libpg_query, grammar of PostgreSQL 18). What it refuses is a value,
 * not an exception: another server version may still accept the text.
 */
function attempt<T>(call: () => T): Parsed<T> {
  try {
    return { kind: 'parsed', value: call() };
  } catch (error) {
    if (error instanceof SqlError) {
      const offset = error.sqlDetails?.cursorPosition ?? null;
      return { kind: 'unreadable', problem: { message: error.message, offset } };
    }
    // Nesting of tens of thousands of levels exhausts the parser's stack; the parser itself stays usable.
    if (error instanceof RangeError) {
      return { kind: 'unreadable', problem: { message: 'nested too deeply to be parsed', offset: null } };
    }
    // Normalising tells of a syntax error without its place.
    if (error instanceof Error)
      return { kind: 'unreadable', problem: { message: error.message, offset: null } };
    throw error;
  }
}

export function parse(sql: string): Parsed<ParseResult> {
  // libpg-query refuses the empty string, which PostgreSQL reads as no statement.
  return attempt(() => (sql === '' ? { stmts: [] } : parseSync(sql)));
}

/** The text with constants replaced by parameters. */
export function normalize(sql: string): Parsed<string> {
  return attempt(() => normalizeSync(sql));
}

/** The tokens of a text, comments included, at offsets in UTF-8 bytes. */
export function scan(sql: string): Parsed<readonly ScanToken[]> {
  return attempt(() => (sql === '' ? [] : scanSync(sql).tokens));
}
