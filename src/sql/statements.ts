import type { Statement } from '../model/observation.ts';
import { type Node, type Parsed, parse } from './grammar.ts';
import { ByteOffsets, Lines, offsetOfCharacter } from './position.ts';

/** A statement of a text, with its syntax tree. */
export interface ParsedStatement extends Statement {
  /** Where `sql` begins in the text, in UTF-16 units. */
  readonly offset: number;
  readonly node: Node;
}

/**
 * Offset of the first character at or after `start` that is neither white space nor in a comment. Comments
 * of `/*` nest (PostgreSQL documentation, "Lexical Structure").
 */
export function skipBlanks(text: string, start: number): number {
  let at = start;
  for (;;) {
    while (at < text.length && /\s/.test(text.charAt(at))) at += 1;
    if (text.startsWith('--', at)) {
      const end = text.indexOf('\n', at);
      at = end === -1 ? text.length : end + 1;
    } else if (text.startsWith('/*', at)) {
      at = endOfBlockComment(text, at);
    } else {
      return at;
    }
  }
}

function endOfBlockComment(text: string, start: number): number {
  let depth = 0;
  const delimiter = /\/\*|\*\//g;
  delimiter.lastIndex = start;
  for (let match = delimiter.exec(text); match !== null; match = delimiter.exec(text)) {
    depth += match[0] === '/*' ? 1 : -1;
    if (depth === 0) return delimiter.lastIndex;
  }
  return text.length;
}

/** Splits a text into its statements, with PostgreSQL's own grammar, so that `;` in a body or string is none. */
export function statementsOf(text: string): Parsed<readonly ParsedStatement[]> {
  const parsed = parse(text);
  if (parsed.kind === 'unreadable') {
    const { message, offset } = parsed.problem;
    return {
      kind: 'unreadable',
      problem: { message, offset: offset === null ? null : offsetOfCharacter(text, offset) },
    };
  }
  const lines = new Lines(text);
  const offsets = new ByteOffsets(text);
  const statements: ParsedStatement[] = [];
  for (const { stmt, stmt_location: location = 0, stmt_len: length = 0 } of parsed.value.stmts ?? []) {
    if (stmt === undefined) continue;
    const from = skipBlanks(text, offsets.offsetOf(location));
    // A length of 0 means that the statement reaches to the end of the text, without a semicolon.
    const to = length === 0 ? text.length : offsets.offsetOf(location + length);
    const sql = text.slice(from, to).trimEnd();
    statements.push({
      sql,
      offset: from,
      line: lines.lineAt(from),
      endLine: lines.lineAt(Math.max(from, from + sql.length - 1)),
      node: stmt,
    });
  }
  return { kind: 'parsed', value: statements };
}
