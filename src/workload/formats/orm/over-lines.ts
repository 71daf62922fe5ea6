import { parse } from '../../../sql/grammar.ts';
import type { LineReader, LoggedQuery } from './line-log.ts';

/** How a logger writes an execution that may take several lines. */
export interface OverLines {
  /** What follows the sign that such a line begins with; null for a line that begins nothing. */
  begins(line: string): string | null;
  /** What groups executions, on the line that begins one. */
  traceOf?(line: string): string | null;
  /** Whether a line may be the last one of an execution. */
  readonly mayEnd: RegExp;
  /** The execution, where the text shows that it is all of it: by values or a time behind the statement. */
  whole(text: string): LoggedQuery | null;
  /** The execution that a text is of which nothing shows where it ends. */
  plain(text: string): LoggedQuery | null;
}

/** Lines that one statement may take. */
export const mostLines = 500;

/**
 * Reads loggers that print statements as they are, line breaks and all, while the application prints lines of its own.
 * A statement without an end goes on as long as lines look like SQL; of those, it is as many as PostgreSQL's
 * grammar reads.
 */
export function overLines(form: OverLines): () => LineReader {
  return () => new StatementLines(form);
}

class StatementLines implements LineReader {
  readonly #form: OverLines;
  #lines: string[] = [];
  #whole: LoggedQuery | null = null;
  #trace: string | null = null;

  constructor(form: OverLines) {
    this.#form = form;
  }

  add(line: string): LoggedQuery | null {
    const begun = this.#form.begins(line);
    if (begun === null && this.#lines.length === 0) return null;
    const before = begun === null ? null : this.rest();
    if (begun !== null) this.#trace = this.#form.traceOf?.(line) ?? null;
    if (begun !== null || this.#lines.length < mostLines) this.#lines.push(begun ?? line);
    const whole = this.#form.mayEnd.test(line) ? this.#form.whole(this.#lines.join('\n')) : null;
    this.#whole = whole ?? this.#whole;
    // A literal may hold what looks like the end; then one that is further on may be it.
    if (whole !== null && !endsInLiteral(whole.sql)) this.#lines = [];
    return before;
  }

  rest(): LoggedQuery | null {
    const whole = this.#whole;
    const lines = this.#lines;
    this.#whole = null;
    this.#lines = [];
    const read = whole ?? (lines.length === 0 ? null : this.#form.plain(statementIn(lines)));
    return read === null || this.#trace === null ? read : { ...read, trace: this.#trace };
  }
}

/** Whether there is a quote too few. Where quotes are within comments, too much is looked at, and nothing lost. */
function endsInLiteral(sql: string): boolean {
  return sql.split("'").length % 2 === 0;
}

/** What continues a statement: indented, a bracket, a comment, or a word that clauses begin with. */
const continuation =
  /^(?:\s|$|[()",';]|--|\/\*|(?:SELECT|FROM|WHERE|AND|OR|NOT|(?:LEFT|RIGHT|FULL|INNER|CROSS|NATURAL)\s|JOIN|ON|USING|GROUP|ORDER|HAVING|LIMIT|OFFSET|FETCH|FOR|UNION|INTERSECT|EXCEPT|WINDOW|VALUES|SET|RETURNING|WITH|INSERT|UPDATE|DELETE|CASE|WHEN|THEN|ELSE|END|AS)\b)/i;

/** The lines, from the first one on, that are one text of SQL. */
export function statementIn(lines: readonly string[]): string {
  const other = lines.findIndex((line, index) => index > 0 && !continuation.test(line));
  const likely = other === -1 ? lines : lines.slice(0, other);
  for (let count = likely.length; count > 1; count -= 1) {
    const text = likely.slice(0, count).join('\n');
    if (parse(text).kind !== 'unreadable') return text.trimEnd();
  }
  return lines[0] ?? '';
}
