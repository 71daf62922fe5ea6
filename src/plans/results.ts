import type { ColumnOrigin, ResultShape } from '../model/result.ts';
import { type DescribedColumn, type Description, type Session, StatementFailed } from '../model/server.ts';
import type { Examination, PlannedQuery } from './examine.ts';
import { inBatches } from './explain.ts';

/** What queries return in one schema state, by fingerprint. What the server does not describe is missing. */
export type ResultShapes = ReadonlyMap<string, ResultShape>;

/** A query that was described, and whether its own text was. */
interface Described {
  readonly fingerprint: string;
  readonly description: Description;
  readonly isOwnText: boolean;
}

/** Has every query described that the state can plan. Nothing is run. */
export async function describeResults(
  session: Session,
  { planned }: Pick<Examination, 'planned'>,
): Promise<ResultShapes> {
  const described = (await inBatches([...planned.values()], (query) => describeQuery(session, query))).flat();
  const columns = described.flatMap(({ description }) => description.columns ?? []);
  const [types, origins] = await Promise.all([typeNames(session, described), originsOf(session, columns)]);
  return new Map(
    described.map(({ fingerprint, description, isOwnText }) => [
      fingerprint,
      {
        columns:
          description.columns?.map((column) => ({
            name: column.name,
            type: types.get(typeKey(column)) ?? '',
            origin: origins.get(originKey(column)) ?? null,
          })) ?? null,
        parameters: isOwnText
          ? description.parameters.map((type) => types.get(typeKey({ type, modifier: -1 })) ?? '')
          : null,
      },
    ]),
  );
}

/** By its own text; where PostgreSQL cannot tell a parameter's type, as it was planned, with casts. */
async function describeQuery(session: Session, { query, sql }: PlannedQuery): Promise<readonly Described[]> {
  const { fingerprint } = query;
  const own = await tryToDescribe(session, query.sql);
  if (own !== null) return [{ fingerprint, description: own, isOwnText: true }];
  const cast = await tryToDescribe(session, sql);
  return cast === null ? [] : [{ fingerprint, description: cast, isOwnText: false }];
}

async function tryToDescribe(session: Session, sql: string): Promise<Description | null> {
  try {
    return await session.describe(sql);
  } catch (error) {
    if (error instanceof StatementFailed) return null;
    throw error;
  }
}

function typeKey({ type, modifier }: Pick<DescribedColumn, 'type' | 'modifier'>): string {
  return `${type} ${modifier}`;
}

/** Names of all types and modifiers that occur. */
async function typeNames(
  session: Session,
  described: readonly Described[],
): Promise<ReadonlyMap<string, string>> {
  const used = described.flatMap(({ description: { columns, parameters } }) => [
    ...(columns ?? []),
    ...parameters.map((type) => ({ type, modifier: -1 })),
  ]);
  const distinct = [...new Map(used.map((each) => [typeKey(each), each])).values()];
  const rows = await session.query(
    `SELECT t.type || ' ' || t.modifier AS key, pg_catalog.format_type(t.type, t.modifier) AS name
     FROM unnest($1::oid[], $2::int4[]) AS t (type, modifier)`,
    [distinct.map(({ type }) => type), distinct.map(({ modifier }) => modifier)],
  );
  return new Map(rows.map((row) => [String(row['key']), String(row['name'])]));
}

function originKey({ relation, number }: Pick<DescribedColumn, 'relation' | 'number'>): string {
  return `${relation} ${number}`;
}

async function originsOf(
  session: Session,
  columns: readonly DescribedColumn[],
): Promise<ReadonlyMap<string, ColumnOrigin>> {
  const taken = columns.filter(({ relation, number }) => relation !== 0 && number > 0);
  const distinct = [...new Map(taken.map((each) => [originKey(each), each])).values()];
  const rows = await session.query(
    `SELECT a.attrelid || ' ' || a.attnum AS key, n.nspname || '.' || c.relname AS table, a.attname AS column,
       a.attnotnull AS "notNull"
     FROM unnest($1::oid[], $2::int2[]) AS t (relation, number)
       JOIN pg_catalog.pg_attribute AS a ON a.attrelid = t.relation AND a.attnum = t.number
       JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid
       JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace`,
    [distinct.map(({ relation }) => relation), distinct.map(({ number }) => number)],
  );
  return new Map(
    rows.map((row) => [
      String(row['key']),
      { table: String(row['table']), column: String(row['column']), notNull: row['notNull'] === true },
    ]),
  );
}
