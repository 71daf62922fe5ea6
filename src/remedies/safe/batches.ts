import type { Schema } from '../../model/schema.ts';
import { quoteIdentifier, quoteQualified } from '../../sql/identifier.ts';
import { ofKind } from './objects.ts';

/** Rows that one transaction changes: enough to be quick, few enough to be short. */
export const batchRows = 10_000;

/** Pages of a batch of a table without a primary key. */
const batchPages = 200;

/** What is done to the rows of a batch, given the condition that picks them. */
export type OnBatch = (condition: string) => string;

/**
 * A block that works through a table in batches and commits after each (PostgreSQL documentation, "Transaction
 * Management" of PL/pgSQL), so that no row is locked for long. It cannot run inside of a transaction.
 *
 * With a primary key every row is visited once, wherever other sessions move it. Without, batches are ranges of
 * pages, and a row that is updated meanwhile moves to another page: what is done must tell by its own condition
 * whether a row still needs it, and is repeated until none does.
 *
 * @param table qualified name
 * @param named how the statement calls the table
 */
export function inBatches(schema: Schema, table: string, onBatch: OnBatch, named = ''): string | null {
  const key = primaryKey(schema, table);
  return key === null ? null : block(byKey(table, key, onBatch, named));
}

/** Like `inBatches`, for what is not done twice to a row. */
export function inBatchesUntilDone(schema: Schema, table: string, onBatch: OnBatch): string {
  return inBatches(schema, table, onBatch) ?? block(byPages(table, onBatch));
}

/** Columns of the primary key, or null. */
export function primaryKey(schema: Schema, table: string): readonly string[] | null {
  const keys = ofKind(schema.values(), 'constraint');
  return keys.find((each) => each.table === table && each.type === 'primary key')?.columns ?? null;
}

function block(body: string): string {
  const tag = body.includes('$$') ? '$batches$' : '$$';
  return `DO ${tag}\n${body}\n${tag}`;
}

function byKey(table: string, key: readonly string[], onBatch: OnBatch, named: string): string {
  const from = quoteQualified(table);
  const columns = key.map(quoteIdentifier);
  const variables = (name: string) =>
    key.map((_, index) => (key.length === 1 ? name : `${name}_${index + 1}`));
  const first = variables('batch_first');
  const last = variables('batch_last');
  const list = (names: readonly string[]) => names.join(', ');
  const row = (names: readonly string[]) => (names.length === 1 ? list(names) : `(${list(names)})`);
  const prefixed = columns.map((column) => (named === '' ? column : `${named}.${column}`));
  const inBatch = `${row(prefixed)} >= ${row(first)} AND ${row(prefixed)} <= ${row(last)}`;
  const backwards = columns.map((column) => `${column} DESC`);
  const declarations = [...first, ...last].map(
    (variable, index) => `  ${variable} ${from}.${columns[index % columns.length]}%TYPE;`,
  );
  return [
    'DECLARE',
    ...declarations,
    'BEGIN',
    `  SELECT ${list(columns)} INTO ${list(first)} FROM ${from} ORDER BY ${list(columns)} LIMIT 1;`,
    '  WHILE FOUND LOOP',
    `    SELECT ${list(columns)} INTO ${list(last)}`,
    `      FROM (SELECT ${list(columns)} FROM ${from} WHERE ${row(columns)} >= ${row(first)} ORDER BY ${list(columns)} LIMIT ${batchRows}) AS batch`,
    `      ORDER BY ${list(backwards)} LIMIT 1;`,
    `    ${onBatch(inBatch)};`,
    '    COMMIT;',
    `    SELECT ${list(columns)} INTO ${list(first)} FROM ${from} WHERE ${row(columns)} > ${row(last)} ORDER BY ${list(columns)} LIMIT 1;`,
    '  END LOOP;',
    'END',
  ].join('\n');
}

function byPages(table: string, onBatch: OnBatch): string {
  const from = quoteQualified(table);
  const literal = `'${from.replaceAll("'", "''")}'`;
  const tid = (page: string) => `format('(%s,0)', ${page})::tid`;
  return [
    'DECLARE',
    '  pages bigint;',
    '  changed bigint;',
    '  done bigint;',
    'BEGIN',
    '  LOOP',
    '    done := 0;',
    `    pages := pg_relation_size(${literal}) / current_setting('block_size')::bigint;`,
    `    FOR page IN 0..pages BY ${batchPages} LOOP`,
    `      ${onBatch(`ctid >= ${tid('page')} AND ctid < ${tid(`page + ${batchPages}`)}`)};`,
    '      GET DIAGNOSTICS changed = ROW_COUNT;',
    '      done := done + changed;',
    '      COMMIT;',
    '    END LOOP;',
    '    EXIT WHEN done = 0;',
    '  END LOOP;',
    'END',
  ].join('\n');
}
