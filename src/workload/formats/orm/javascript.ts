import { z } from 'zod';
import { numberParameters } from '../../../sql/named-parameters.ts';
import type { CaptureFormat } from '../format.ts';
import { asValue, jsonList, readJson } from '../values.ts';
import { eachLine, type LineReader, type LoggedQuery, lineLog } from './line-log.ts';
import { type OverLines, overLines } from './over-lines.ts';

/**
 * An event of Prisma's `$on('query')`, written as JSON. `params` is JSON again; `duration` is in milliseconds. Versions
 * differ in the order of keys and in `target` (quaint::connector::metrics until 6, ClientEngine since 7).
 */
const prismaEvent = z.object({
  timestamp: z.string().optional(),
  query: z.string(),
  params: z.string(),
  duration: z.number(),
});

function readPrismaEvent(line: string): LoggedQuery | null {
  const event = line.startsWith('{') ? prismaEvent.safeParse(readJson(line)).data : undefined;
  if (event === undefined) return null;
  const startedAt = Date.parse(event.timestamp ?? '');
  return {
    sql: event.query,
    params: jsonList(event.params),
    durationMs: event.duration,
    startedAt: Number.isNaN(startedAt) ? null : startedAt,
  };
}

/** An event, or `prisma:query SELECT ...` of `log: ['query']`, which has no values. */
const prisma: OverLines = {
  begins: (line) => /^prisma:query (.*)$/s.exec(line)?.[1] ?? (readPrismaEvent(line) === null ? null : line),
  mayEnd: /\}$/,
  whole: readPrismaEvent,
  plain: (sql) => ({ sql }),
};

/** A statement, and behind a mark its values as JSON. What stands behind an earlier mark, in a literal, is no JSON. */
function withValues(text: string, mark: string): LoggedQuery | null {
  for (let at = text.indexOf(mark); at !== -1; at = text.indexOf(mark, at + 1)) {
    const params = jsonList(text.slice(at + mark.length));
    if (params !== null) return { sql: text.slice(0, at), params };
  }
  return null;
}

/** `query: SELECT ... -- PARAMETERS: [1]` on a console, `[2026-11-20T09:14:02.497Z][QUERY]: SELECT ...` in a file. */
const typeormLine =
  /^(?:\[[\dTZ:.-]+\]\[(?:QUERY|(?<slowFile>SLOW QUERY: \d+ ms)|(?<failedFile>FAILED QUERY))\]: |query(?:(?<slow> is slow)|(?<failed> failed))?: )(?<text>.*)$/s;

/**
 * Statements of TypeORM. Those that are slow or fail are printed once more; they are read only in a log that has no
 * others.
 */
function typeorm(): LineReader {
  let hasQueries = false;
  const form: OverLines = {
    begins: (line) => {
      const { text, ...kinds } = typeormLine.exec(line)?.groups ?? {};
      if (text === undefined) return null;
      const isPlain = Object.values(kinds).every((kind) => kind === undefined);
      hasQueries ||= isPlain;
      return isPlain || !hasQueries ? text : '';
    },
    mayEnd: /\]$/,
    whole: (text) => withValues(text, ' -- PARAMETERS: '),
    plain: (sql) => (sql === '' ? null : { sql }),
  };
  return overLines(form)();
}

const drizzle: OverLines = {
  begins: (line) => /^Query: (.*)$/s.exec(line)?.[1] ?? null,
  mayEnd: /\]$/,
  whole: (text) => withValues(text, ' -- params: '),
  plain: (sql) => ({ sql }),
};

/** An event of Knex's `on('query')`, written as JSON; `sql` has `?` or, of toNative(), `$1`. */
const knexEvent = z.object({
  __knexUid: z.string(),
  __knexTxId: z.string().optional(),
  sql: z.string(),
  bindings: z.array(z.unknown()).optional(),
});

/** What DEBUG=knex:query prints ends with the transaction: `knex:query select 1 undefined +2ms`. */
const knexDebug = /(?:^|\s)knex:query (.*) (undefined|trx\d+)(?: \+\d+m?s)?$/s;

function readKnex(line: string): LoggedQuery | null {
  const [, debugged, within = 'undefined'] = knexDebug.exec(line) ?? [];
  if (debugged !== undefined)
    return { sql: numbered(debugged), trace: within === 'undefined' ? null : within };
  const event = line.startsWith('{') ? knexEvent.safeParse(readJson(line)).data : undefined;
  if (event === undefined) return null;
  const { sql, bindings = [], __knexTxId: transaction, __knexUid: connection } = event;
  return {
    sql: numbered(sql),
    params: bindings.length > 0 ? bindings.map(asValue) : null,
    trace: transaction ?? connection,
  };
}

function numbered(sql: string): string {
  return /\$\d/.test(sql) ? sql : numberParameters(sql, 'question mark').sql;
}

const sequelizeLine = /^Execut(?:ing|ed) \(([^)]*)\): (.*)$/s;

/**
 * `Executing (default): SELECT ...;`, with logQueryParameters `...; 42, "a"`, and with benchmark ` Elapsed time: 2ms`
 * behind that. In the place of `default` stands the id of a transaction.
 */
const sequelize: OverLines = {
  begins: (line) => sequelizeLine.exec(line)?.[2] ?? null,
  traceOf: (line) => {
    const [, connection = 'default'] = sequelizeLine.exec(line) ?? [];
    return connection === 'default' ? null : connection;
  },
  mayEnd: /;|ms$|["\d\]}le]$/,
  whole: (text) => {
    const [, sql = text, ms] = /^(.*?);? ?Elapsed time: (\d+)ms$/s.exec(text) ?? [];
    const durationMs = ms === undefined ? null : Number(ms);
    for (let at = sql.indexOf('; '); at !== -1; at = sql.indexOf('; ', at + 1)) {
      const params = jsonList(`[${sql.slice(at + 2)}]`);
      if (params !== null && params.length > 0) return { sql: sql.slice(0, at), params, durationMs };
    }
    return ms !== undefined || sql.endsWith(';') ? { sql, durationMs } : null;
  },
  plain: (sql) => ({ sql }),
};

/** `log: ['query']` prints a statement without its values, and then its time. */
const kysely: OverLines = {
  begins: (line) => /^kysely:query: (?!duration: )(.*)$/s.exec(line)?.[1] ?? null,
  mayEnd: /^kysely:query: duration: [\d.]+ms$/,
  whole: (text) => {
    const [, sql, ms] = /^(.*)\nkysely:query: duration: ([\d.]+)ms$/s.exec(text) ?? [];
    return sql === undefined ? null : { sql, durationMs: Number(ms) };
  },
  plain: (sql) => ({ sql }),
};

/** `[query] select ... [took 1 ms, 1 result]`: with `?`, or with `debug: true` the values in their places. */
const mikroOrm: OverLines = {
  begins: (line) => /(?:^|\s)\[query\] (.*)$/s.exec(line)?.[1] ?? null,
  mayEnd: / \[took [\d.]+ ms(?:, .*)?\]/,
  whole: (text) => {
    const [, sql, ms, rows] =
      /^(.*) \[took ([\d.]+) ms(?:, (\d+) (?:results?|rows? affected))?[^\]]*\](?: \(via .*\))?$/s.exec(
        text,
      ) ?? [];
    if (sql === undefined) return null;
    return { sql: numbered(sql), durationMs: Number(ms), rows: rows === undefined ? null : Number(rows) };
  },
  plain: (sql) => ({ sql: numbered(sql) }),
};

const prismaSign =
  /^prisma:query |^\{(?=[^\n]*"query":")(?=[^\n]*"params":")(?=[^\n]*"duration":)[^\n]*"target":"/m;

/** Loggers of libraries for Node.js. */
export const javascriptLogs: readonly CaptureFormat[] = [
  lineLog('prisma', prismaSign, overLines(prisma)),
  lineLog('knex', /^\{[^\n]*"__knexQueryUid":|(?:^|\s)knex:query /m, eachLine(readKnex)),
  lineLog('sequelize', /^Execut(?:ing|ed) \([^)\n]*\): /m, overLines(sequelize)),
  lineLog('drizzle', /^Query: [a-z"(]/m, overLines(drizzle)),
  lineLog('kysely', /^kysely:query: /m, overLines(kysely)),
  lineLog('mikro-orm', /(?:^|\s)\[query\] .*(?: \[took [\d.]+ ms|\n)/m, overLines(mikroOrm)),
  lineLog(
    'typeorm',
    /^query(?: is slow| failed)?: [A-Z]|^\[[\dTZ:.-]+\]\[(?:SLOW )?QUERY(?:: \d+ ms)?\]: /m,
    typeorm,
  ),
];
