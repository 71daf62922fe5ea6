import { escapeIdentifier } from 'pg';
import type { Remediation } from '../../model/insight.ts';
import { type Session, StatementFailed } from '../../model/server.ts';
import type { PlannedQuery } from '../../plans/examine.ts';
import { planAll } from '../../plans/explain.ts';
import type { SeedTable } from '../../seed/schema/tables.ts';
import { nthValue } from '../../seed/values/value.ts';
import { withLiterals } from '../../sql/literals.ts';
import { type Bulk, bulkOf } from '../../sql/rewrite/bulk.ts';
import type { Tables } from '../../sql/rewrite/sources.ts';
import { populate } from '../rewrites/populate.ts';
import type { Stage } from '../rewrites/stage.ts';
import { poolsOf } from '../rewrites/values.ts';
import { costInFigures } from './figures.ts';
import { keysOfType, mostKeys } from './keys.ts';

/** A statement that writes one row, and how often it is sent. */
export interface RepeatedWrite {
  readonly planned: PlannedQuery;
  readonly count: number;
}

/** Rows that are written to compare both ways. */
const writtenRows = 5;

/** Rows that the table has by then. */
const rows = 20;

/**
 * Writes a statement for many rows, and tries it: on rows it has to leave what the single ones leave, one after the other, and
 * on the twin one plan of it is set against one for each. Null where it cannot be written so.
 */
export async function tryBulk(
  session: Session,
  stage: Stage,
  { planned, count }: RepeatedWrite,
  tables: Tables,
): Promise<Remediation | null> {
  const bulk = bulkOf(planned.text, tables);
  if (bulk === null) return null;
  const after = await costOf(session, bulk, count);
  const verified = after !== null && (await isSame(stage, bulk));
  const before = planned.measures.cost * count;
  return {
    kind: 'query',
    title: `One statement for all ${count.toLocaleString('en-US')} rows; beyond some thousand, in batches`,
    text: bulk.many,
    verified,
    effect: verified ? effectOf(before, after, count) : null,
    migration: null,
  };
}

/** An INSERT costs the planner next to nothing; what it saves is the way there and back. */
function effectOf(before: number, after: number, count: number): Remediation['effect'] {
  return after < before ? costInFigures(before, after) : { before: count, after: 1, unit: 'statements' };
}

async function costOf(session: Session, { many, values }: Bulk, count: number): Promise<number | null> {
  const length = Math.min(mostKeys, count);
  const sql = withLiterals(
    many,
    values.map(({ column }) => keysOfType(column.typeName, length)),
  );
  const [planning] = await planAll(session, [{ sql, parameterCount: 0, params: [] }]);
  return planning?.kind === 'planned' ? planning.plan.cost.total * Math.max(1, count / mostKeys) : null;
}

/** Runs both on the same rows, in a transaction that is rolled back. */
async function isSame(stage: Stage, bulk: Bulk): Promise<boolean> {
  const { session, tables, domains } = stage;
  const table = tables.find(({ schema, name }) => schema === bulk.table.schema && name === bulk.table.name);
  if (table === undefined) return false;
  const none = { all: [], comparedWith: () => [] };
  const pools = await poolsOf(session, table, tables, domains, none, rows);
  await session.query('BEGIN');
  try {
    // Rows that are there have taken the first numbers of the sequence that new ones get theirs from.
    if (bulk.kind !== 'insert') {
      const population = { kind: 'many', seed: 1, rows, nulls: 0 } as const;
      await populate(session, [table], new Map([[table.oid, pools]]), population);
    }
    const sets = await valuesFor(stage, table, bulk);
    if (sets.length < 2) return false;
    const before = await contentOf(session, table, bulk);
    await session.query('SAVEPOINT written');
    for (const set of sets) await session.query(withLiterals(bulk.one, set));
    const byOne = await contentOf(session, table, bulk);
    await session.query('ROLLBACK TO SAVEPOINT written');
    const arrays = bulk.values.map((_, index) => arrayOf(sets.map((set) => set[index] ?? null)));
    await session.query(withLiterals(bulk.many, arrays));
    const atOnce = await contentOf(session, table, bulk);
    return byOne === atOnce && byOne !== before;
  } catch (error) {
    // What these rows are refused for says nothing.
    if (error instanceof StatementFailed) return false;
    throw error;
  } finally {
    await session.query('ROLLBACK');
  }
}

/** Keys of rows that are there, and new values; one set for each statement. */
async function valuesFor(
  { session, domains }: Stage,
  table: SeedTable,
  { values }: Bulk,
): Promise<readonly (readonly (string | null)[])[]> {
  const keys = values.flatMap(({ column, isKey }) => (isKey ? [escapeIdentifier(column.name)] : []));
  const found =
    keys.length === 0
      ? []
      : await session.query(
          `SELECT ARRAY[${keys.map((key) => `${key}::text`).join(', ')}] AS keys FROM ${table.sql}
           WHERE (${keys.join(', ')}) IS NOT NULL GROUP BY ${keys.join(', ')} ORDER BY ${keys.join(', ')} LIMIT ${writtenRows}`,
        );
  const known = found.map(({ keys: texts }) => (Array.isArray(texts) ? texts.map(String) : []));
  const count = keys.length === 0 ? writtenRows : known.length;
  const sets = Array.from({ length: count }, async (_, n) => {
    const own = [...(known[n] ?? [])];
    const texts = values.map(({ column, isKey }): string | null => {
      if (isKey) return `'${(own.shift() ?? '').replaceAll("'", "''")}'`;
      const seeded = table.columns.find(({ name }) => name === column.name);
      return seeded === undefined ? null : nthValue(seeded.type, rows + 900 + n, column.name, domains);
    });
    const [row] = await session.query(
      `SELECT ARRAY[${texts.map((text) => `(${text ?? 'NULL'})::text`).join(', ')}] AS texts`,
    );
    return Array.isArray(row?.['texts'])
      ? row['texts'].map((each: unknown) => (each === null ? null : String(each)))
      : [];
  });
  return Promise.all(sets);
}

function arrayOf(texts: readonly (string | null)[]): string {
  const elements = texts.map((text) => (text === null ? 'NULL' : `"${text.replaceAll(/["\\]/g, '\\$&')}"`));
  return `{${elements.join(',')}}`;
}

/** All rows as text; of inserted ones what the statement gives them, since the rest may be another each time. */
async function contentOf(session: Session, table: SeedTable, { kind, written }: Bulk): Promise<string> {
  const names = kind === 'insert' ? written : table.columns.map(({ name }) => name);
  const [row] = await session.query(
    `SELECT string_agg(content, E'\\n' ORDER BY content) AS content FROM (
       SELECT ROW(${names.map(escapeIdentifier).join(', ')})::text AS content FROM ${table.sql}) AS contents`,
  );
  return String(row?.['content'] ?? '');
}
