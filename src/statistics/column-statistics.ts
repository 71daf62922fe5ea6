import { type Catalogue, qualifiedName } from '../model/catalogue.ts';
import type { Unchecked } from '../model/review.ts';
import { type PostgresError, type Session, StatementFailed } from '../model/server.ts';
import type { ColumnStatistics, Sizes } from '../model/statistics.ts';

/** A row of pg_statistic to be, with what says it to a person. */
interface Entry {
  readonly table: string;
  readonly oid: number;
  readonly number: number;
  readonly statistics: ColumnStatistics;
}

/**
 * pg_statistic keeps a column's facts in up to five slots: kind 1, most common values, compared by the type's `=`;
 * kind 3, correlation, compared by its `<` (pg_statistic.h). Operators are those of the type's default B-tree
 * operator class, found through binary coercion and polymorphic types as the server does (typcache.c). The array
 * of values has the column's own type, so it is made by that type's input function.
 */
const insertStatistics = `
INSERT INTO pg_statistic (starelid, staattnum, stainherit, stanullfrac, stawidth, stadistinct,
  stakind1, stakind2, stakind3, stakind4, stakind5, staop1, staop2, staop3, staop4, staop5,
  stacoll1, stacoll2, stacoll3, stacoll4, stacoll5, stanumbers1, stanumbers2, stavalues1)
SELECT a.attrelid, a.attnum, c.relkind = 'p', s.null_fraction, s.width, s.distinct_values,
  CASE WHEN s.common <> '{}' THEN 1 ELSE 0 END, CASE WHEN s.correlation IS NOT NULL THEN 3 ELSE 0 END, 0, 0, 0,
  CASE WHEN s.common <> '{}' THEN coalesce(o.equal, 0) ELSE 0 END,
  CASE WHEN s.correlation IS NOT NULL THEN coalesce(o.less, 0) ELSE 0 END, 0, 0, 0,
  CASE WHEN s.common <> '{}' THEN a.attcollation ELSE 0 END,
  CASE WHEN s.correlation IS NOT NULL THEN a.attcollation ELSE 0 END, 0, 0, 0,
  CASE WHEN s.common <> '{}' THEN s.shares::float4[] END,
  CASE WHEN s.correlation IS NOT NULL THEN ARRAY[s.correlation] END,
  CASE WHEN s.common <> '{}' THEN array_in(textout(s.common), t.oid, a.atttypmod) END
FROM unnest($1::oid[], $2::int2[], $3::float4[], $4::int4[], $5::float4[], $6::float4[], $7::text[], $8::text[])
    AS s (relation, number, null_fraction, width, distinct_values, correlation, common, shares)
  JOIN pg_attribute a ON a.attrelid = s.relation AND a.attnum = s.number
  JOIN pg_class c ON c.oid = a.attrelid
  JOIN pg_type t ON t.oid = a.atttypid
  LEFT JOIN LATERAL (
    SELECT
      (SELECT amopopr FROM pg_amop WHERE amopfamily = p.opcfamily AND amopstrategy = 1
        AND amoplefttype = p.opcintype AND amoprighttype = p.opcintype) AS less,
      (SELECT amopopr FROM pg_amop WHERE amopfamily = p.opcfamily AND amopstrategy = 3
        AND amoplefttype = p.opcintype AND amoprighttype = p.opcintype) AS equal
    FROM (SELECT CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END AS type) AS base
      JOIN pg_opclass p ON p.opcdefault AND p.opcmethod = (SELECT oid FROM pg_am WHERE amname = 'btree')
    WHERE p.opcintype = base.type
      OR p.opcintype IN (SELECT casttarget FROM pg_cast WHERE castsource = base.type AND castmethod = 'b')
      OR (p.opcintype = 'anyenum'::regtype AND t.typtype = 'e')
      OR (p.opcintype = 'anyarray'::regtype AND t.typcategory = 'A')
      OR (p.opcintype = 'anyrange'::regtype AND t.typtype = 'r')
    ORDER BY p.opcintype <> base.type,
      NOT (SELECT typispreferred FROM pg_type WHERE pg_type.oid = p.opcintype) LIMIT 1
  ) AS o ON true`;

/**
 * Replaces all column statistics: what a migration's ANALYZE or its own hand has left is not production's.
 * Returns the columns whose stated values are none of their type; of those the other facts are kept.
 */
export async function writeColumnStatistics(
  session: Session,
  catalogue: Catalogue,
  sizes: Sizes,
): Promise<readonly Unchecked[]> {
  await session.script('DELETE FROM pg_statistic WHERE starelid >= 16384; DELETE FROM pg_statistic_ext_data');
  const entries = catalogue.tables.flatMap((table): readonly Entry[] => {
    const numbers = new Map(table.columns.map((column) => [column.name, column.number]));
    return (sizes.get(table.oid)?.columns ?? []).flatMap((statistics) => {
      const number = numbers.get(statistics.column);
      if (number === undefined || !saysAnything(statistics)) return [];
      return [{ table: qualifiedName(table), oid: table.oid, number, statistics }];
    });
  });
  if ((await insert(session, entries)) === null) return [];
  const unchecked: Unchecked[] = [];
  for (const entry of entries) {
    const error = await insert(session, [entry]);
    if (error === null) continue;
    await insert(session, [{ ...entry, statistics: { ...entry.statistics, mostCommon: [] } }]);
    const subject = `statistics of ${entry.table}.${entry.statistics.column}`;
    unchecked.push({
      subject,
      reason: `a most common value stated for it does not fit it: ${error.message}`,
    });
  }
  return unchecked;
}

/** Without facts, the planner's own defaults are as good as a row that repeats them. */
function saysAnything({ nullFraction, distinct, mostCommon, correlation }: ColumnStatistics): boolean {
  return nullFraction > 0 || distinct !== 0 || mostCommon.length > 0 || correlation !== null;
}

/** All or none of them; the error where PostgreSQL refuses a value. */
async function insert(session: Session, entries: readonly Entry[]): Promise<PostgresError | null> {
  try {
    await session.query(insertStatistics, [
      entries.map(({ oid }) => oid),
      entries.map(({ number }) => number),
      entries.map(({ statistics }) => statistics.nullFraction),
      entries.map(({ statistics }) => Math.round(statistics.width)),
      entries.map(({ statistics }) => statistics.distinct),
      entries.map(({ statistics }) => statistics.correlation),
      entries.map(({ statistics }) => arrayLiteral(statistics.mostCommon.map(({ value }) => value))),
      entries.map(({ statistics }) => `{${statistics.mostCommon.map(({ share }) => share).join(',')}}`),
    ]);
    return null;
  } catch (error) {
    if (error instanceof StatementFailed) return error.error;
    throw error;
  }
}

/** Text form of an array, every element quoted (PostgreSQL documentation, "Array Input and Output Syntax"). */
function arrayLiteral(values: readonly string[]): string {
  return `{${values.map((value) => `"${value.replaceAll(/["\\]/g, '\\$&')}"`).join(',')}}`;
}
