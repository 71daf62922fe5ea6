import { parse } from '../../../sql/grammar.ts';
import { numberParameters } from '../../../sql/named-parameters.ts';
import type { CaptureFormat } from '../format.ts';
import { type LineReader, type LoggedQuery, lineLog } from './line-log.ts';
import { readLiteral } from './literal.ts';
import { mostLines, type OverLines, overLines, statementIn } from './over-lines.ts';

/** `(0.001) SELECT ...; args=(1,); alias=default`: the text holds the values already, and line breaks of theirs. */
const django: OverLines = {
  begins: (line) => /(?:^|\s)(\(\d+\.\d+\) .*)$/s.exec(line)?.[1] ?? null,
  mayEnd: /; args=(?:None|[([{].*[)\]}])(?:; alias=\S+)?$/s,
  whole: (text) => {
    const [start = '', seconds] = /^\((\d+\.\d+)\) /.exec(text) ?? [];
    const marks = [...text.matchAll(/; args=/g)].map(({ index }) => text.slice(start.length, index));
    // A value may hold the mark as well; what stands before it then ends within a literal.
    const sql = marks.length === 1 ? marks[0] : marks.find((each) => parse(each).kind !== 'unreadable');
    return sql === undefined ? null : { sql: sql.trim(), durationMs: Number(seconds) * 1000 };
  },
  // Without the mark it is no statement: other lines begin with a number in brackets, too.
  plain: () => null,
};

/** Lines of its loggers, whatever stands before and between: `sqlalchemy.engine.Engine SELECT 1`. */
const engine = /\bsqlalchemy\.engine\.(?:base\.)?Engine(?:\.\w+)?(?:[\]:\s]|-\s)+(.*)$/s;

/** `[generated in 0.0001s] {'id_1': 1}`, `[cached since 1.2s ago] (1,)`, `[no key 0.0001s] {}`; version 1.3 has the values alone. */
const values =
  /^(?:\[(?:generated in|cached since|no key|raw sql|dialect|insertmanyvalues|caching disabled)[^\]]*\] (.*)|(\{.*\}|\(\)))$/s;

/** A statement of SQLAlchemy, over several lines, and then its values. */
class SqlalchemyLog implements LineReader {
  #lines: string[] = [];

  add(line: string): LoggedQuery | null {
    const [, logged] = engine.exec(line) ?? [];
    if (logged === undefined) {
      if (this.#lines.length > 0 && this.#lines.length < mostLines) this.#lines.push(line);
      return null;
    }
    const [isValues, literal, alone] = values.exec(logged) ?? [];
    if (isValues !== undefined && this.#lines.length > 0) return this.#take(literal ?? alone ?? '');
    const before = this.rest();
    this.#lines = [logged.replace(/^BEGIN \(implicit\)$/, 'BEGIN')];
    return before;
  }

  rest(): LoggedQuery | null {
    return this.#lines.length === 0 ? null : this.#take(null);
  }

  /** @param literal values as printed; null where a statement has none behind it, such as COMMIT */
  #take(literal: string | null): LoggedQuery | null {
    const text = literal === null ? statementIn(this.#lines) : this.#lines.join('\n');
    this.#lines = [];
    if (text === '') return null;
    const { sql: numbered, names } = numberParameters(text, 'percent');
    // A percent sign that is no parameter is doubled for the driver.
    const sql = numbered.replaceAll('%%', '%');
    const found = literal === null ? null : readLiteral(literal);
    // Several executions at once have a list of them.
    const first: unknown = Array.isArray(found) && names.length > 0 ? found[0] : found;
    if (Array.isArray(first)) return { sql, params: /\$\d/.test(sql) ? first : null };
    const byName = new Map<string, unknown>(isRecord(first) ? Object.entries(first) : []);
    const isWhole = names.length > 0 && names.every((name) => byName.has(name));
    return { sql, params: isWhole ? names.map((name) => byName.get(name)) : null };
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Loggers of libraries for Python. */
export const pythonLogs: readonly CaptureFormat[] = [
  lineLog('sqlalchemy', /\bsqlalchemy\.engine\.(?:base\.)?Engine\b/, () => new SqlalchemyLog()),
  lineLog('django', /(?:^|\s)\(\d+\.\d+\) [^\n]*; args=/, overLines(django)),
];
