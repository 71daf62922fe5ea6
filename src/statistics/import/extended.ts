import { z } from 'zod';
import { type Catalogue, qualifiedName, type Table } from '../../model/catalogue.ts';
import type { ExportedExtended } from '../../model/production.ts';
import type { Unchecked } from '../../model/review.ts';
import { type Session, StatementFailed } from '../../model/server.ts';
import type { Sizes } from '../../model/statistics.ts';
import { readDependencies, readDistinct, serialiseDependencies, serialiseDistinct } from './serialised.ts';

/** An object of extended statistics in the twin. */
const objectRow = z.object({
  oid: z.number(),
  table: z.number(),
  schema: z.string(),
  name: z.string(),
  columns: z.array(z.string()),
  expressions: z.array(z.string()),
  kinds: z.array(z.string()),
});
type StatisticsObject = z.infer<typeof objectRow>;

const objectsQuery = `
  SELECT s.oid, s.stxrelid AS table, n.nspname AS schema, s.stxname AS name, s.stxkind::text[] AS kinds,
    ARRAY(SELECT a.attname::text FROM unnest(s.stxkeys::int2[]) AS k (number)
      JOIN pg_attribute a ON a.attrelid = s.stxrelid AND a.attnum = k.number ORDER BY a.attnum) AS columns,
    coalesce(pg_get_statisticsobjdef_expressions(s.oid), '{}') AS expressions
  FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = s.stxnamespace
  WHERE s.stxrelid = ANY ($1::oid[])`;

/**
 * Before version 19 the types of these values have no input. The catalogues keep them in a form that a bytea can have,
 * and a superuser may say so.
 */
const casts = `
  CREATE CAST (bytea AS pg_ndistinct) WITHOUT FUNCTION;
  CREATE CAST (bytea AS pg_dependencies) WITHOUT FUNCTION`;

/**
 * Writes how many combinations of columns there are, and how far columns decide others (CREATE STATISTICS ndistinct and
 * dependencies). Without them the planner takes columns for independent.
 *
 * @param session with PostgreSQL's own names only, so that all others are qualified as they are in the file
 */
export async function writeExtendedStatistics(
  session: Session,
  catalogue: Catalogue,
  sizes: Sizes,
): Promise<readonly Unchecked[]> {
  const tables = catalogue.tables.filter(({ oid }) => (sizes.get(oid)?.imported?.extended ?? []).length > 0);
  if (tables.length === 0) return [];
  await session.script(casts);
  const rows = await session.query(objectsQuery, [tables.map(({ oid }) => oid)]);
  const objects = rows.map((row) => objectRow.parse(row));
  const unchecked: Unchecked[] = [];
  for (const table of tables) {
    for (const exported of sizes.get(table.oid)?.imported?.extended ?? []) {
      const reason = await write(session, table, exported, objects, namesIn(table, sizes));
      if (reason !== null) {
        unchecked.push({ subject: `extended statistics ${qualifiedName(exported)}`, reason });
      }
    }
  }
  return unchecked;
}

/** What columns of the file are called here. */
function namesIn(table: Table, sizes: Sizes): ReadonlyMap<string, number> {
  const columns = sizes.get(table.oid)?.imported?.columns ?? new Map();
  return new Map([...columns].map(([number, { name }]) => [name, number]));
}

/** Null, or why it could not be written. */
async function write(
  session: Session,
  table: Table,
  exported: ExportedExtended,
  objects: readonly StatisticsObject[],
  numbers: ReadonlyMap<string, number>,
): Promise<string | null> {
  const nameOf = new Map(table.columns.map((column) => [column.number, column.name]));
  const columns = exported.columns.map((name) => nameOf.get(numbers.get(name) ?? 0) ?? '');
  const object = objects.find(
    (each) =>
      each.table === table.oid &&
      [...each.columns].toSorted().join('\n') === [...columns].toSorted().join('\n') &&
      each.expressions.join('\n') === exported.expressions.join('\n'),
  );
  if (object === undefined) return 'the schema has none on these columns';
  const numberOf = (number: number): number =>
    // Expressions count down from -1, in their order.
    number < 0 ? number : (numbers.get(exported.attributes[String(number)] ?? '') ?? 0);
  const distinct = exported.distinct === null ? null : readDistinct(exported.distinct, numberOf);
  const dependencies =
    exported.dependencies === null ? null : readDependencies(exported.dependencies, numberOf);
  try {
    await insert(session, object, {
      inherited: table.kind === 'partitioned table',
      distinct: distinct && object.kinds.includes('d') ? serialiseDistinct(distinct) : null,
      dependencies: dependencies && object.kinds.includes('f') ? serialiseDependencies(dependencies) : null,
    });
    return null;
  } catch (error) {
    if (error instanceof StatementFailed) return error.message;
    throw error;
  }
}

interface Values {
  readonly inherited: boolean;
  readonly distinct: Buffer | null;
  readonly dependencies: Buffer | null;
}

/** Since version 15 there may be two rows, one for the table with its children. */
async function insert(session: Session, { oid }: StatisticsObject, values: Values): Promise<void> {
  const [row] = await session.query(
    `SELECT 1 FROM pg_attribute WHERE attrelid = 'pg_statistic_ext_data'::regclass AND attname = 'stxdinherit'`,
  );
  const [column, value] = row === undefined ? ['', ''] : ['stxdinherit, ', `${values.inherited}, `];
  await session.query(
    `INSERT INTO pg_statistic_ext_data (stxoid, ${column}stxdndistinct, stxddependencies)
     VALUES ($1, ${value}$2::bytea::pg_ndistinct, $3::bytea::pg_dependencies)`,
    [oid, values.distinct, values.dependencies],
  );
}
