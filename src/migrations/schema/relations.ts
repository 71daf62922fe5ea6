import { z } from 'zod';
import type { SequenceObject, TableObject, ViewObject } from '../../model/schema.ts';
import {
  type Family,
  isUsers,
  ofRelationsOrWritten,
  privilegeList,
  privileges,
  relationName,
} from './family.ts';

const relation = { key: z.string(), name: z.string(), owner: z.string(), privileges: privilegeList };

const table = z.object({
  kind: z.enum(['table', 'partitioned table', 'foreign table']),
  ...relation,
  persistence: z.enum(['permanent', 'unlogged']),
  options: z.array(z.string()),
  rowSecurity: z.enum(['off', 'enabled', 'forced']),
  replicaIdentity: z.enum(['default', 'nothing', 'full', 'index']),
  accessMethod: z.string().nullable(),
  tablespace: z.string().nullable(),
  parents: z.array(z.string()),
  partitionBound: z.string().nullable(),
  partitionKey: z.string().nullable(),
}) satisfies z.ZodType<TableObject>;

const tableColumns = `
  CASE c.relpersistence WHEN 'u' THEN 'unlogged' ELSE 'permanent' END AS persistence,
  coalesce(c.reloptions, '{}') AS options,
  CASE WHEN NOT c.relrowsecurity THEN 'off' WHEN c.relforcerowsecurity THEN 'forced' ELSE 'enabled' END
    AS "rowSecurity",
  CASE c.relreplident WHEN 'd' THEN 'default' WHEN 'n' THEN 'nothing' WHEN 'f' THEN 'full' ELSE 'index' END
    AS "replicaIdentity",
  (SELECT m.amname FROM pg_am AS m WHERE m.oid = c.relam) AS "accessMethod",
  (SELECT t.spcname FROM pg_tablespace AS t WHERE t.oid = c.reltablespace) AS tablespace,
  ARRAY(SELECT ${relationName('h.inhparent')} FROM pg_inherits AS h WHERE h.inhrelid = c.oid ORDER BY h.inhseqno)
    AS parents,
  pg_get_expr(c.relpartbound, c.oid) AS "partitionBound",
  CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END AS "partitionKey"`;

const view = z.object({
  kind: z.enum(['view', 'materialised view']),
  ...relation,
  definition: z.string(),
  options: z.array(z.string()),
}) satisfies z.ZodType<ViewObject>;

const viewColumns = `CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END AS definition`;

const sequence = z.object({
  kind: z.literal('sequence'),
  ...relation,
  type: z.string(),
  start: z.string(),
  increment: z.string(),
  minimum: z.string(),
  maximum: z.string(),
  cycles: z.boolean(),
  ownedBy: z.string().nullable(),
}) satisfies z.ZodType<SequenceObject>;

/** Sequences of identity columns depend internally, others automatically, on the column that owns them. */
const sequenceColumns = `
  format_type(s.seqtypid, NULL) AS type, s.seqstart::text AS start, s.seqincrement::text AS increment,
  s.seqmin::text AS minimum, s.seqmax::text AS maximum, s.seqcycle AS cycles,
  (SELECT array_to_string((pg_identify_object_as_address(d.refclassid, d.refobjid, d.refobjsubid)).object_names, '.')
    FROM pg_depend AS d
    WHERE c.relkind = 'S' AND d.classid = 'pg_class'::regclass AND d.objid = c.oid
      AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0) AS "ownedBy"`;

const kinds = {
  r: 'table',
  p: 'partitioned table',
  f: 'foreign table',
  v: 'view',
  m: 'materialised view',
  S: 'sequence',
};

const kind = `CASE c.relkind ${Object.entries(kinds)
  .map(([code, name]) => `WHEN '${code}' THEN '${name}'`)
  .join(' ')} END AS kind`;

/** What has a name in pg_class and stands for itself. */
export const relations: Family = {
  kinds: ['sequence', 'table', 'partitioned table', 'foreign table', 'view', 'materialised view'],
  catalogues: {
    pg_class: 'always',
    pg_inherits: 'always',
    pg_partitioned_table: 'always',
    pg_rewrite: 'always',
    pg_sequence: 'always',
  },
  reads: 'of relations',
  object: z.discriminatedUnion('kind', [table, view, sequence]),
  query: `
    SELECT ${kind}, 'pg_class:' || c.oid AS key, n.nspname || '.' || c.relname AS name,
      pg_get_userbyid(c.relowner) AS owner,
      ${privileges('c.relacl', `(CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END)::"char"`, 'c.relowner')} AS privileges,
      ${tableColumns}, ${viewColumns}, ${sequenceColumns}
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
      LEFT JOIN pg_sequence AS s ON s.seqrelid = c.oid
    WHERE c.relkind IN (${Object.keys(kinds)
      .map((code) => `'${code}'`)
      .join(', ')}) AND c.relpersistence <> 't'
      AND ${ofRelationsOrWritten('c.oid', 'pg_class', 'oid')} AND ${isUsers('pg_class', 'c.oid')}`,
};
