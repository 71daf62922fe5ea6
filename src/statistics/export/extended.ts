import { z } from 'zod';
import type { ExportedExtended } from '../../model/production.ts';
import type { LeftOut } from './left-out.ts';
import type { Listed } from './relations.ts';
import type { Snapshot } from './snapshot.ts';

/** What there is, is for everyone to see; the numbers are for the owner of the table (since 14.12, 15.7 and 16.3). */
const definitionsQuery = `
  SELECT s.oid, n.nspname AS schema, s.stxname AS name, s.stxrelid AS table,
    coalesce(pg_get_statisticsobjdef_expressions(s.oid), '{}') AS expressions,
    ARRAY(SELECT json_build_array(a.attnum, a.attname) FROM unnest(s.stxkeys::int2[]) WITH ORDINALITY k (number, place)
      JOIN pg_attribute a ON a.attrelid = s.stxrelid AND a.attnum = k.number ORDER BY k.place) AS columns,
    pg_has_role(c.relowner, 'USAGE') AS owned
  FROM pg_statistic_ext s
    JOIN pg_namespace n ON n.oid = s.stxnamespace
    JOIN pg_class c ON c.oid = s.stxrelid
  WHERE s.stxrelid = ANY ($1::oid[])
  ORDER BY n.nspname COLLATE "C", s.stxname COLLATE "C"`;

const definitionRow = z.object({
  schema: z.string(),
  name: z.string(),
  table: z.number(),
  expressions: z.array(z.string()),
  columns: z.array(z.tuple([z.number(), z.string()])),
  owned: z.boolean(),
});

/** Of a partitioned table there are only inherited ones. Version 14 has one kind. */
function valuesQuery(major: number): string {
  return `
  SELECT statistics_schemaname AS schema, statistics_name AS name, n_distinct::text AS distinct,
    dependencies::text AS dependencies
  FROM pg_stats_ext
  WHERE statistics_schemaname = ANY ($1::name[]) AND statistics_name = ANY ($2::name[])
  ORDER BY ${major < 15 ? '1' : 'inherited DESC'}`;
}

const valuesRow = z.object({
  schema: z.string(),
  name: z.string(),
  distinct: z.string().nullable(),
  dependencies: z.string().nullable(),
});

/** Extended statistics of tables. */
export async function readExtended(
  snapshot: Snapshot,
  major: number,
  tables: readonly Listed[],
  leftOut: LeftOut,
): Promise<readonly ExportedExtended[]> {
  const named = new Map(tables.map((table) => [table.oid, table]));
  const definitions = await snapshot.query(definitionsQuery, definitionRow, [[...named.keys()]]);
  if (definitions.length === 0) return [];
  const schemas = definitions.map(({ schema }) => schema);
  const names = definitions.map(({ name }) => name);
  const rows = await snapshot.query(valuesQuery(major), valuesRow, [schemas, names]);
  const key = (each: { readonly schema: string; readonly name: string }) =>
    JSON.stringify([each.schema, each.name]);
  // Those of the table itself come last, and win.
  const values = new Map(rows.map((row) => [key(row), row]));
  return definitions.flatMap(({ schema, name, table: oid, expressions, columns, owned }) => {
    const table = named.get(oid);
    if (table === undefined) return [];
    const found = values.get(key({ schema, name }));
    if (found === undefined && !owned) {
      leftOut.add(
        `extended statistics ${schema}.${name}`,
        'PostgreSQL shows extended statistics to the owner of their table only; planning does without them',
      );
    }
    return [
      {
        schema,
        name,
        table: { schema: table.schema, name: table.name },
        columns: columns.map(([, column]) => column),
        expressions,
        distinct: found?.distinct ?? null,
        dependencies: found?.dependencies ?? null,
        attributes: Object.fromEntries(columns.map(([number, column]) => [String(number), column])),
      },
    ];
  });
}
