import type { CaptureFormat } from '../format.ts';
import { type LineReader, type LoggedQuery, lineLog } from './line-log.ts';
import { readLiteral, unknownValue } from './literal.ts';
import { mostLines, statementIn } from './over-lines.ts';

/** `  User Load (0.5ms)  SELECT ...`; what is asked again within a request is answered by a cache: `CACHE User Load`. */
const query = /^(?<before>.*?)\((?<ms>\d+(?:\.\d+)?)ms\) {2}(?<text>\S.*)$/s;
const caller = /^\s*↳ (.+?):(\d+)(?::in .*)?$/;
const started = /\bStarted [A-Z]+ "/;
const processing = /\bProcessing by (\S+#\S+) as /;
const performing = /\bPerforming (\S+) \(Job ID: /;
const completed = /\bCompleted \d{3} |\bPerformed \S+ \(Job ID: /;

/** Two blanks, and what is bound: `[["id", 1], ["LIMIT", 1]]`. */
const binds = /^(.*?) {2}(\[(?:\[|nil|\]).*)$/s;

/** Statements of Active Record: what each binds, where it was sent from, and which action of which request it was for. */
class RailsLog implements LineReader {
  #open: { readonly lines: string[]; readonly ms: number; readonly isCached: boolean } | null = null;
  #requests = 0;
  #action: string | null = null;
  #isInRequest = false;

  add(line: string): LoggedQuery | null {
    const [, file, number] = caller.exec(line) ?? [];
    if (file !== undefined) return this.#take({ file, line: Number(number) });
    const { before, ms, text } = query.exec(line)?.groups ?? {};
    if (text !== undefined && startsStatement.test(text)) {
      const previous = this.rest();
      this.#open = { lines: [text], ms: Number(ms), isCached: /\bCACHE\b/.test(before ?? '') };
      return previous;
    }
    const isAbout = [started, processing, performing, completed].some((sign) => sign.test(line));
    if (!isAbout) {
      if (this.#open !== null && this.#open.lines.length < mostLines) this.#open.lines.push(line);
      return null;
    }
    const previous = this.rest();
    this.#follow(line);
    return previous;
  }

  rest(): LoggedQuery | null {
    return this.#take({});
  }

  #take(place: Pick<LoggedQuery, 'file' | 'line'>): LoggedQuery | null {
    const open = this.#open;
    this.#open = null;
    if (open === null || open.isCached) return null;
    const trace = this.#isInRequest ? `request ${this.#requests}` : null;
    return { ...boundIn(open.lines), durationMs: open.ms, route: this.#action, trace, ...place };
  }

  #follow(line: string): void {
    if (completed.test(line)) {
      this.#isInRequest = false;
      this.#action = null;
      return;
    }
    const [, action] = processing.exec(line) ?? performing.exec(line) ?? [];
    if (action === undefined || performing.test(line)) this.#requests += 1;
    this.#isInRequest = true;
    this.#action = action ?? null;
  }
}

const startsStatement = /^(?:[A-Z]{3,}\b|[(]|\/\*|--|select|insert|update|delete|with)/;

/** Values of which one is not told, such as `<4 bytes of binary data>`, fit nothing. */
function boundIn(lines: readonly string[]): Pick<LoggedQuery, 'sql' | 'params'> {
  for (let count = 1; count <= lines.length; count += 1) {
    if (lines[count - 1]?.endsWith(']') !== true) continue;
    const [, sql, literal = ''] = binds.exec(lines.slice(0, count).join('\n')) ?? [];
    const pairs = sql === undefined ? unknownValue : readLiteral(literal);
    if (sql === undefined || !Array.isArray(pairs)) continue;
    const values: readonly unknown[] = pairs.map((pair) => (Array.isArray(pair) ? pair[1] : pair));
    const isTold = !values.some((value) => /^<\d+ bytes of binary data>$/.test(String(value)));
    return { sql, params: isTold && values.length > 0 ? values : null };
  }
  return { sql: statementIn(lines).trim(), params: null };
}

/** The logger of Active Record, in Rails and by itself. */
export const railsLog: CaptureFormat = lineLog(
  'rails',
  /\(\d+(?:\.\d+)?ms\) {2}(?:[A-Z]|\()/,
  () => new RailsLog(),
);
