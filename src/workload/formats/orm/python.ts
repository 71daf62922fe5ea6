import { numberParameters } from '../../../sql/named-parameters.ts';
import type { CaptureFormat } from '../format.ts';
import { eachLine, type LineReader, type LoggedQuery, lineLog } from './line-log.ts';
import { pythonLiteral } from './python-literal.ts';

/** `(0.001) SELECT ...; args=(1,); alias=default`: the text holds the values already. */
function readDjango(line: string): LoggedQuery | null {
  const [, seconds, sql] = /\((\d+\.\d+)\) (.*?); args=.*$/.exec(line) ?? [];
  return sql === undefined ? null : { sql, durationMs: Number(seconds) * 1000 };
}

const engine = /sqlalchemy\.engine\.Engine (.*)$/;

/** `[generated in 0.0001s] {'id_1': 1}`, `[cached since 1.2s ago] (1,)`, `[no key 0.0001s] {}`. */
const values = /^\[(?:generated in|cached since|no key|raw sql)[^\]]*\] (.*)$/;

/** A statement of SQLAlchemy, over several lines, and then its values. */
class SqlalchemyLog implements LineReader {
  #lines: string[] = [];

  add(line: string): LoggedQuery | null {
    const [, logged] = engine.exec(line) ?? [];
    if (logged === undefined) {
      if (this.#lines.length > 0) this.#lines.push(line);
      return null;
    }
    const [, literal] = values.exec(logged) ?? [];
    if (literal !== undefined) return this.#take(literal);
    const before = this.rest();
    this.#lines = [logged];
    return before;
  }

  rest(): LoggedQuery | null {
    return this.#lines.length === 0 ? null : this.#take(null);
  }

  #take(literal: string | null): LoggedQuery | null {
    const text = this.#lines.join('\n');
    this.#lines = [];
    if (text === '') return null;
    const { sql, names } = numberParameters(text, 'percent');
    const found = literal === null ? null : pythonLiteral(literal);
    const isNamed = typeof found === 'object' && found !== null && !Array.isArray(found);
    const byName = isNamed ? new Map(Object.entries(found)) : new Map<string, unknown>();
    const params = names.length > 0 && names.every((name) => byName.has(name)) ? names : null;
    return { sql, params: params?.map((name) => byName.get(name)) ?? null };
  }
}

/** Loggers of libraries for Python. */
export const pythonLogs: readonly CaptureFormat[] = [
  lineLog('sqlalchemy', /sqlalchemy\.engine\.Engine /, () => new SqlalchemyLog()),
  lineLog('django', /\(\d+\.\d+\) [A-Z].*; args=/, eachLine(readDjango)),
];
