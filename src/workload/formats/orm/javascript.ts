import { z } from 'zod';
import { numberParameters } from '../../../sql/named-parameters.ts';
import type { CaptureFormat } from '../format.ts';
import { eachLine, jsonList, type LoggedQuery, lineLog } from './line-log.ts';

/** An event of Prisma's `$on('query')`, written as JSON. */
const prismaEvent = z.object({
  query: z.string(),
  params: z.string().optional(),
  duration: z.number().optional(),
});

function readPrisma(line: string): LoggedQuery | null {
  const [, logged] = /^prisma:query (.*)$/.exec(line) ?? [];
  if (logged !== undefined) return { sql: logged };
  if (!line.startsWith('{')) return null;
  const event = prismaEvent.safeParse(parsed(line));
  if (!event.success) return null;
  const { query, params, duration } = event.data;
  return { sql: query, params: jsonList(params), durationMs: duration ?? null };
}

function readTypeorm(line: string): LoggedQuery | null {
  const [, sql, params] = /^query(?: is slow| failed)?: (.*?)(?: -- PARAMETERS: (\[.*\]))?$/.exec(line) ?? [];
  return sql === undefined ? null : { sql, params: jsonList(params) };
}

function readDrizzle(line: string): LoggedQuery | null {
  const [, sql, params] = /^Query: (.*?)(?: -- params: (\[.*\]))?$/.exec(line) ?? [];
  return sql === undefined ? null : { sql, params: jsonList(params) };
}

/** An event of Knex's `on('query')`, written as JSON; `sql` has `?` or, of toNative(), `$1`. */
const knexEvent = z.object({
  __knexUid: z.string().optional(),
  __knexTxId: z.string().optional(),
  sql: z.string(),
  bindings: z.array(z.unknown()).optional(),
});

function readKnex(line: string): LoggedQuery | null {
  if (!line.startsWith('{')) return null;
  const event = knexEvent.safeParse(parsed(line));
  if (!event.success) return null;
  const { sql, bindings = [], __knexTxId: transaction, __knexUid: connection } = event.data;
  const text = /\$\d/.test(sql) ? sql : numberParameters(sql, 'question mark').sql;
  return {
    sql: text,
    params: bindings.length > 0 ? bindings : null,
    trace: transaction ?? connection ?? null,
  };
}

function readSequelize(line: string): LoggedQuery | null {
  const [, logged] = /^Execut(?:ing|ed) \([^)]*\): (.*)$/.exec(line) ?? [];
  if (logged === undefined) return null;
  const [, sql = '', ms] = /^(.*?)(?:;? ?Elapsed time: (\d+)ms)?$/.exec(logged) ?? [];
  const [, text = sql, values] =
    /^(.*?); ((?:"(?:[^"\\]|\\.)*"|[\d.]+|null|true|false|, )+)$/.exec(sql) ?? [];
  return {
    sql: text,
    params: values === undefined ? null : jsonList(`[${values}]`),
    durationMs: ms === undefined ? null : Number(ms),
  };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

/** Loggers of libraries for Node.js. */
export const javascriptLogs: readonly CaptureFormat[] = [
  lineLog('prisma', /^prisma:query |^\{[^\n]*"target":"quaint/m, eachLine(readPrisma)),
  lineLog('knex', /^\{[^\n]*"__knexQueryUid":/m, eachLine(readKnex)),
  lineLog('sequelize', /^Execut(?:ing|ed) \([^)\n]*\): /m, eachLine(readSequelize)),
  lineLog('drizzle', /^Query: [a-z"(]/m, eachLine(readDrizzle)),
  lineLog('typeorm', /^query(?: is slow| failed)?: [A-Z]/m, eachLine(readTypeorm)),
];
