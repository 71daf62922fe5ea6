import { numberParameters } from '../../../sql/named-parameters.ts';
import type { CaptureFormat } from '../format.ts';
import { eachLine, type LineReader, type LoggedQuery, lineLog } from './line-log.ts';

const hibernateSql = /org\.hibernate\.SQL\s*[:-]\s*(.*)$/;
const hibernateValue = /binding parameter (?:\((\d+):[^)]*\) <- \[(.*)\]|\[(\d+)\] as \[[^\]]*\] - \[(.*)\])/;

/** A statement of Hibernate, with `?`, and its values in lines of their own. */
class HibernateLog implements LineReader {
  #sql: string | null = null;
  #values = new Map<number, string | null>();

  add(line: string): LoggedQuery | null {
    const [, index, value, olderIndex, olderValue] = hibernateValue.exec(line) ?? [];
    const number = Number(index ?? olderIndex ?? 0);
    if (number > 0) {
      const text = value ?? olderValue ?? '';
      this.#values.set(number, text === 'null' ? null : text);
      return null;
    }
    const [, sql] = hibernateSql.exec(line) ?? [];
    if (sql === undefined) {
      // format_sql goes on in lines that are indented.
      if (this.#sql !== null && /^\s+\S/.test(line)) this.#sql += `\n${line}`;
      return null;
    }
    const before = this.rest();
    this.#sql = sql;
    return before;
  }

  rest(): LoggedQuery | null {
    const sql = this.#sql;
    const values = this.#values;
    this.#sql = null;
    this.#values = new Map();
    if (sql === null || sql.trim() === '') return null;
    const { sql: numbered, names } = numberParameters(sql, 'question mark');
    const isWhole = names.length > 0 && names.every((_, index) => values.has(index + 1));
    return { sql: numbered, params: isWhole ? names.map((_, index) => values.get(index + 1) ?? null) : null };
  }
}

/** `1|0|statement|connection 3|url jdbc:...|select ... ?|select ... 42` (p6spy's single line). */
function readP6spy(line: string): LoggedQuery | null {
  const [, ms, connection, rest] =
    /^(?:\d+|[\d-]+ [\d:,.]+)\|(\d+)\|statement\|connection (\d+)\|(?:url [^|]*\|)?(.*)$/.exec(line) ?? [];
  if (rest === undefined) return null;
  const parts = rest.split('|');
  // What was prepared and what was bound have the same number of bars, those within texts included.
  const bound = parts.slice(parts.length / 2).join('|');
  return bound === '' ? null : { sql: bound, durationMs: Number(ms), trace: connection ?? null };
}

const efHeader = /Executed DbCommand \((\d+)ms\) \[Parameters=\[(.*)\], CommandType=/;
const efValue = /(@\w+)=(?:'((?:[^']|'')*)'|NULL)/g;

/** A command of Entity Framework Core: its values, and the text in indented lines below. */
class EfCoreLog implements LineReader {
  #open: { readonly ms: number; readonly values: ReadonlyMap<string, string | null>; text: string } | null =
    null;

  add(line: string): LoggedQuery | null {
    const [, ms, parameters = ''] = efHeader.exec(line) ?? [];
    if (ms === undefined && this.#open !== null && /^\s+\S/.test(line)) {
      this.#open.text += `${this.#open.text === '' ? '' : '\n'}${line.trim()}`;
      return null;
    }
    const before = this.rest();
    if (ms !== undefined) {
      const found = [...parameters.matchAll(efValue)];
      const values = new Map(
        found.map(([, name = '', value]) => [name.slice(1), value?.replaceAll("''", "'") ?? null]),
      );
      this.#open = { ms: Number(ms), values, text: '' };
    }
    return before;
  }

  rest(): LoggedQuery | null {
    const open = this.#open;
    this.#open = null;
    if (open === null || open.text === '') return null;
    const { sql, names } = numberParameters(open.text, 'at');
    // Sensitive values are logged as '?' unless somebody asks for them.
    const values = names.map((name) => open.values.get(name));
    const isWhole = names.length > 0 && values.every((value) => value !== undefined && value !== '?');
    return { sql, params: isWhole ? values : null, durationMs: open.ms };
  }
}

const gormQuery = /^\[(\d+(?:\.\d+)?)ms\] (?:\[rows:(\d+|-)\] )?(.*)$/;
const gormCaller = /(\S+\.go):(\d+)/;

/** Where a statement of GORM was sent from, and in the next line the statement with its values in it. */
class GormLog implements LineReader {
  #caller: Pick<LoggedQuery, 'file' | 'line'> = {};

  add(line: string): LoggedQuery | null {
    const [, ms, rows, sql] = gormQuery.exec(line) ?? [];
    if (sql === undefined) {
      const [, file, number] = gormCaller.exec(line) ?? [];
      this.#caller = file === undefined ? {} : { file, line: Number(number) };
      return null;
    }
    const caller = this.#caller;
    this.#caller = {};
    return {
      sql,
      durationMs: Number(ms),
      rows: rows === undefined || rows === '-' ? null : Number(rows),
      ...caller,
    };
  }

  rest(): LoggedQuery | null {
    return null;
  }
}

/** Loggers of libraries for Java, .NET and Go. */
export const otherLogs: readonly CaptureFormat[] = [
  lineLog('p6spy', /^[\d :,.-]+\|\d+\|statement\|connection \d+\|/m, eachLine(readP6spy)),
  lineLog('hibernate', /org\.hibernate\.SQL\s*[:-]/, () => new HibernateLog()),
  lineLog('efcore', /Executed DbCommand \(\d+ms\) \[Parameters=\[/, () => new EfCoreLog()),
  lineLog('gorm', /^\[\d+(?:\.\d+)?ms\] \[rows:/m, () => new GormLog()),
];
