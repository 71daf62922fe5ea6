import { escapeIdentifier, escapeLiteral } from 'pg';
import { type PostgresError, type Session, StatementFailed } from '../../model/server.ts';
import type { AdverseFailure, Assumption } from '../../model/trial.ts';
import { type RetypedColumn, retypedColumns } from '../../sql/retyped.ts';
import { type ColumnType, readColumnType, readDefinition, readPartitionBound } from './definitions.ts';

/** What a statement took for granted, and a query for the rows that break it. */
export type Preflight = Pick<AdverseFailure, 'assumption' | 'table' | 'columns' | 'preflight'>;

/**
 * Derives a query for offending rows from the error and from what the change makes of the schema.
 *
 * @param head a session in a database in which the change has run on rows that it accepts
 * @param base a session in one with the rows that it fails on, in the schema before the change: a query is only
 * offered if it finds rows there
 */
export async function preflightFor(
  error: PostgresError,
  sql: string,
  head: Session,
  base: Session,
): Promise<Preflight> {
  const assumption = assumptionOf(error.sqlstate);
  for (const found of await candidates(error, sql, assumption, head)) {
    if (found.preflight !== null && (await findsRows(base, found.preflight))) return found;
  }
  const { schema, table, column } = error.about;
  return {
    assumption,
    table: schema === null || table === null ? null : `${schema}.${table}`,
    columns: column === null ? [] : [column],
    preflight: null,
  };
}

/** By SQLSTATE (PostgreSQL documentation, "PostgreSQL Error Codes"). */
function assumptionOf(sqlstate: string): Assumption {
  switch (sqlstate) {
    case '23502':
      return 'no nulls';
    case '23505':
    case '23P01':
      return 'no duplicates';
    case '23503':
      return 'no orphans';
    case '23514':
      return 'check holds';
    default:
      return sqlstate.startsWith('22') ? 'fits type' : 'other';
  }
}

async function candidates(
  error: PostgresError,
  sql: string,
  assumption: Assumption,
  head: Session,
): Promise<readonly Preflight[]> {
  const { schema, table, column, constraint } = error.about;
  const retyped = (
    await Promise.all(retypedColumns(sql).map((each) => ofRetyped(head, assumption, each)))
  ).flat();
  if (schema === null || table === null) return retyped;
  const name = `${schema}.${table}`;
  const from = quoted(schema, table);
  if (column !== null) {
    const query = `SELECT * FROM ${from} WHERE ${escapeIdentifier(column)} IS NULL`;
    return [{ assumption, table: name, columns: [column], preflight: query }];
  }
  if (constraint === null) {
    const bound = await readPartitionBound(head, from);
    const query = bound === null ? null : `SELECT * FROM ${from} WHERE (${bound}) IS NOT TRUE`;
    return [{ assumption, table: name, columns: [], preflight: query }, ...retyped];
  }
  const definition = await readDefinition(head, schema, table, constraint);
  if (definition === null) return retyped;
  const { columns, keys, expression, nullsEqual, referenced } = definition;
  const found = (query: string): readonly Preflight[] => [
    { assumption, table: name, columns, preflight: query },
  ];
  if (referenced !== null) {
    const pairs = columns.map((each, index) => [
      `c.${escapeIdentifier(each)}`,
      `p.${escapeIdentifier(referenced.columns[index] ?? '')}`,
    ]);
    return found(
      `SELECT c.* FROM ${from} AS c WHERE ${pairs.map(([child]) => `${child} IS NOT NULL`).join(' AND ')} AND NOT EXISTS (SELECT FROM ${quoted(referenced.schema, referenced.table)} AS p WHERE ${pairs.map(([child, parent]) => `${parent} = ${child}`).join(' AND ')})`,
    );
  }
  if (keys.length === 0)
    return expression === null ? [] : found(`SELECT * FROM ${from} WHERE NOT (${expression})`);
  const conditions = [
    ...(expression === null ? [] : [expression]),
    ...(nullsEqual ? [] : keys.map((key) => `${key} IS NOT NULL`)),
  ];
  const where = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
  return found(
    `SELECT ${keys.join(', ')}, count(*) FROM ${from}${where} GROUP BY ${keys.map((_, index) => index + 1).join(', ')} HAVING count(*) > 1`,
  );
}

function quoted(schema: string, table: string): string {
  return `${escapeIdentifier(schema)}.${escapeIdentifier(table)}`;
}

async function ofRetyped(
  head: Session,
  assumption: Assumption,
  { schema, table, column }: RetypedColumn,
): Promise<readonly Preflight[]> {
  const from = schema === null ? escapeIdentifier(table) : quoted(schema, table);
  const type = await readColumnType(head, from, column);
  if (type === null) return [];
  return misfits(escapeIdentifier(column), type).map((condition) => ({
    assumption,
    table: `${schema ?? 'public'}.${table}`,
    columns: [column],
    preflight: `SELECT * FROM ${from} WHERE ${condition}`,
  }));
}

/** Limits of the integer types. */
const integers: Readonly<Record<string, string>> = {
  int2: '-32768 AND 32767',
  int4: '-2147483648 AND 2147483647',
  int8: '-9223372036854775808 AND 9223372036854775807',
};

/** Forms of texts that a type accepts, a little narrower than it does. */
const forms: Readonly<Record<string, string>> = {
  int2: String.raw`^\s*[-+]?\d{1,4}\s*$`,
  int4: String.raw`^\s*[-+]?\d{1,9}\s*$`,
  int8: String.raw`^\s*[-+]?\d{1,18}\s*$`,
  numeric: String.raw`^\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*$`,
  float8: String.raw`^\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*$`,
  bool: '^\\s*(t|true|f|false|y|yes|n|no|on|off|1|0)\\s*$',
  uuid: '^[0-9a-fA-F]{8}(-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}$',
  date: String.raw`^\d{4}-\d{2}-\d{2}$`,
  timestamp: String.raw`^\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?$`,
  timestamptz: String.raw`^\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d+)?)?([-+]\d{2}(:?\d{2})?|Z)?)?$`,
};

/** Conditions on values that may not fit a type; which of them makes sense depends on the type they have had. */
function misfits(column: string, type: ColumnType): readonly string[] {
  const { name, modifier, labels, checks, sql } = type;
  const conditions: string[] = [];
  if (labels.length > 0) {
    conditions.push(`${column}::text NOT IN (${labels.map((label) => escapeLiteral(label)).join(', ')})`);
  }
  if ((name === 'varchar' || name === 'bpchar') && modifier > 4) {
    conditions.push(`length(${column}::text) > ${modifier - 4}`);
  }
  const limits = integers[name];
  if (limits !== undefined) conditions.push(`${column} NOT BETWEEN ${limits}`);
  if (name === 'numeric' && modifier >= 4) {
    const precision = ((modifier - 4) >> 16) & 0xffff;
    const scale = (((modifier - 4) & 0x7ff) ^ 1024) - 1024;
    conditions.push(`abs(round(${column}::numeric, ${scale})) >= 1e${precision - scale}`);
  }
  conditions.push(...checks.map((check) => `NOT (SELECT ${check} FROM (SELECT ${column} AS value) AS v)`));
  // From PostgreSQL 16 on every type can be asked.
  conditions.push(`NOT pg_input_is_valid(${column}::text, ${escapeLiteral(sql)})`);
  const form = forms[name];
  if (form !== undefined) conditions.push(`${column} !~ ${escapeLiteral(form).trim()}`);
  return conditions;
}

async function findsRows(session: Session, query: string): Promise<boolean> {
  try {
    const [row] = await session.query(`SELECT EXISTS (${query}) AS found`);
    return row?.['found'] === true;
  } catch (error) {
    if (error instanceof StatementFailed) return false;
    throw error;
  }
}
