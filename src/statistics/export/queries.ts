import pg from 'pg';
import { z } from 'zod';
import type { ExportedQuery, ProductionStatistics } from '../../model/production.ts';
import type { LeftOut } from './left-out.ts';
import { textToShow } from './redact.ts';
import { isDenied, isLocked, mark, type Snapshot } from './snapshot.ts';

/** Queries that took the most time; the rest of a long list is of no weight. */
const mostQueries = 5_000;

/** In bytes. A longer text is one with its thousands of values, of an INSERT mostly. */
const longestText = 100_000;

const grant = 'GRANT pg_monitor to the role';

const extensionQuery = `
  SELECT n.nspname AS schema, ARRAY(SELECT a.attname::text FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    WHERE c.relname = 'pg_stat_statements' AND c.relnamespace = n.oid AND a.attnum > 0) AS columns,
    EXISTS (SELECT FROM pg_class c WHERE c.relname = 'pg_stat_statements_info' AND c.relnamespace = n.oid) AS "hasInfo"
  FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
  WHERE e.extname = 'pg_stat_statements'`;

const extensionRow = z.object({ schema: z.string(), columns: z.array(z.string()), hasInfo: z.boolean() });
type Extension = z.infer<typeof extensionRow>;

/** One query is listed for each user, and for being sent or called by a function. */
function statementsQuery({ schema, columns }: Extension): string {
  // Until version 1.8 of the extension, which a server may still have after an upgrade, there was one time.
  const time = columns.includes('total_exec_time') ? 'total_exec_time' : 'total_time';
  return `
  SELECT CASE WHEN octet_length(query) <= ${longestText} THEN query END AS sql, sum(calls)::float8 AS calls,
    sum(${time})::float8 AS "totalMs", sum(rows)::float8 AS rows, (count(*) OVER ())::float8 AS "all"
  FROM ${pg.escapeIdentifier(schema)}.pg_stat_statements
  WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND position('${mark}' IN query) = 0
  GROUP BY query ORDER BY 3 DESC LIMIT ${mostQueries}`;
}

const statementRow = z.object({
  sql: z.string().nullable(),
  calls: z.number(),
  totalMs: z.number(),
  rows: z.number(),
  all: z.number(),
});
type StatementRow = z.infer<typeof statementRow>;

/** Since version 1.9 of the extension. */
function sinceQuery({ schema }: Extension): string {
  return `
  SELECT to_char(stats_reset, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS since
  FROM ${pg.escapeIdentifier(schema)}.pg_stat_statements_info`;
}

const sinceRow = z.object({ since: z.string().nullable() });

/** What PostgreSQL shows in place of a text that belongs to another user. */
const hidden = '<insufficient privilege>';

export type Queries = Pick<ProductionStatistics, 'queries' | 'queriesSince'>;

const none: Queries = { queries: [], queriesSince: null };

/** Calls of each query, where pg_stat_statements counts them. */
export async function readQueries(snapshot: Snapshot, redact: boolean, leftOut: LeftOut): Promise<Queries> {
  const [extension] = await snapshot.query(extensionQuery, extensionRow);
  if (extension === undefined) {
    leftOut.add('queries', 'the extension pg_stat_statements is not installed in this database');
    return none;
  }
  try {
    return await snapshot.attempt(async () => {
      const rows = await snapshot.query(statementsQuery(extension), statementRow);
      const [reset] = extension.hasInfo ? await snapshot.query(sinceQuery(extension), sinceRow) : [];
      return { queries: shown(rows, redact, leftOut), queriesSince: reset?.since ?? null };
    });
  } catch (error) {
    leftOut.add('queries', reasonOf(error, extension.schema));
    return none;
  }
}

function reasonOf(error: unknown, schema: string): string {
  if (!(error instanceof pg.DatabaseError)) throw error;
  if (isDenied(error)) {
    return `the role may not read pg_stat_statements: GRANT USAGE ON SCHEMA ${schema} and pg_monitor to it`;
  }
  if (isLocked(error)) return 'pg_stat_statements was locked';
  return `pg_stat_statements cannot be read: ${error.message}`;
}

function shown(rows: readonly StatementRow[], redact: boolean, leftOut: LeftOut): readonly ExportedQuery[] {
  const count = (number: number, reason: string) => {
    if (number === 0) return;
    leftOut.add(`${number} ${number === 1 ? 'statement' : 'statements'} of pg_stat_statements`, reason);
  };
  const visible = rows.filter(({ sql }) => sql !== hidden);
  if (visible.length < rows.length) {
    leftOut.add('queries of other users', `the role may not see their text: ${grant}, or pg_read_all_stats`);
  }
  const short = visible.flatMap(({ sql, calls, totalMs, rows: found }) =>
    sql === null ? [] : [{ sql, calls, totalMs, rows: found }],
  );
  const queries = short.flatMap((query) => {
    const sql = textToShow(query.sql, redact);
    return sql === null ? [] : [{ ...query, sql }];
  });
  count((rows[0]?.all ?? 0) - rows.length, 'only those that took the most time are read');
  count(visible.length - short.length, `they are longer than ${longestText / 1000} kB`);
  count(
    short.length - queries.length,
    redact ? 'they are no queries, or may hold constants' : 'they are no queries, or cannot be read',
  );
  return queries;
}
