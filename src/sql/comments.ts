import type { Statement } from '../model/observation.ts';
import { type Parsed, scan } from './grammar.ts';
import { ByteOffsets, Lines } from './position.ts';

/** A comment of a text. Offsets in UTF-16 units from 0, lines from 1. */
export interface Comment {
  /** What it says, without its delimiters. */
  readonly body: string;
  readonly offset: number;
  /** Offset of what follows it. */
  readonly end: number;
  readonly line: number;
  readonly endLine: number;
}

/** Comments of a text, told from what looks like one in a string or body by PostgreSQL's own scanner. */
export function commentsOf(text: string): Parsed<readonly Comment[]> {
  const scanned = scan(text);
  if (scanned.kind === 'unreadable') return scanned;
  const lines = new Lines(text);
  const offsets = new ByteOffsets(text);
  const comments: Comment[] = [];
  for (const { start, end: byteEnd, tokenName } of scanned.value) {
    if (tokenName !== 'SQL_COMMENT' && tokenName !== 'C_COMMENT') continue;
    const offset = offsets.offsetOf(start);
    const end = offsets.offsetOf(byteEnd);
    comments.push({
      body: text.slice(offset + 2, tokenName === 'C_COMMENT' ? end - 2 : end),
      offset,
      end,
      line: lines.lineAt(offset),
      endLine: lines.lineAt(end - 1),
    });
  }
  return { kind: 'parsed', value: comments };
}

type Placed = Statement & { readonly offset: number };

/**
 * The statement that a comment stands in, behind on its last line, or directly before: with nothing but comments
 * in between, and no empty line. Null where there is none.
 */
export function statementAt<S extends Placed>(
  comment: Comment,
  comments: readonly Comment[],
  statements: readonly S[],
): S | null {
  const around = statements.find((each) => each.offset <= comment.offset && comment.end <= endOf(each));
  if (around !== undefined) return around;
  const previous = statements.findLast((each) => endOf(each) <= comment.offset);
  const next = statements.find((each) => each.offset >= comment.end);
  if (next?.line === comment.endLine) return next;
  if (previous?.endLine === comment.line) return previous;
  return next !== undefined && isFilled(comment.endLine + 1, next.line - 1, comments) ? next : null;
}

function endOf({ offset, sql }: Placed): number {
  return offset + sql.length;
}

/** Whether on each of these lines there is a comment. */
function isFilled(from: number, to: number, comments: readonly Comment[]): boolean {
  const between = comments.filter(({ line, endLine }) => endLine >= from && line <= to);
  let reached = from;
  for (const { line, endLine } of between) {
    if (line > reached) return false;
    reached = Math.max(reached, endLine + 1);
  }
  return reached > to;
}
