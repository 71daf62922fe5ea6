import { z } from 'zod';
import type { ConstraintObject, ReferentialAction } from '../../model/schema.ts';
import { type Family, firstUserOid, ofRelations, relationName } from './family.ts';

const action: z.ZodType<ReferentialAction> = z.enum([
  'no action',
  'restrict',
  'cascade',
  'set null',
  'set default',
]);

const constraint = z.object({
  kind: z.literal('constraint'),
  key: z.string(),
  name: z.string(),
  table: z.string(),
  type: z.enum(['check', 'foreign key', 'primary key', 'unique', 'exclusion', 'not null']),
  definition: z.string(),
  columns: z.array(z.string()),
  validated: z.boolean(),
  enforced: z.boolean(),
  deferrable: z.boolean(),
  references: z
    .object({ table: z.string(), columns: z.array(z.string()), onDelete: action, onUpdate: action })
    .nullable(),
}) satisfies z.ZodType<ConstraintObject>;

function actionOf(code: string): string {
  return `CASE ${code} WHEN 'a' THEN 'no action' WHEN 'r' THEN 'restrict' WHEN 'c' THEN 'cascade'
    WHEN 'n' THEN 'set null' ELSE 'set default' END`;
}

function columnNames(relation: string, numbers: string): string {
  return `ARRAY(SELECT a.attname::text FROM unnest(${numbers}) WITH ORDINALITY AS u (number, place)
    JOIN pg_attribute AS a ON a.attrelid = ${relation} AND a.attnum = u.number ORDER BY u.place)`;
}

const references = `
  CASE WHEN k.contype = 'f' THEN jsonb_build_object('table', ${relationName('k.confrelid')},
    'columns', ${columnNames('k.confrelid', 'k.confkey')},
    'onDelete', ${actionOf('k.confdeltype')}, 'onUpdate', ${actionOf('k.confupdtype')}) END`;

/**
 * conenforced is there since 18; pg_get_constraintdef tells it on every version. A foreign key to a partitioned
 * table has one more row for each partition that it references: only the first is a constraint of the user's.
 */
const properties = `'constraint' AS kind, 'pg_constraint:' || k.oid AS key, k.conname AS name,
  CASE k.contype WHEN 'c' THEN 'check' WHEN 'f' THEN 'foreign key' WHEN 'p' THEN 'primary key' WHEN 'u' THEN 'unique'
    WHEN 'x' THEN 'exclusion' ELSE 'not null' END AS type,
  pg_get_constraintdef(k.oid) AS definition, ${columnNames('k.conrelid', 'k.conkey')} AS columns,
  k.convalidated AS validated, pg_get_constraintdef(k.oid) NOT LIKE '% NOT ENFORCED' AS enforced,
  k.condeferrable AS deferrable, ${references} AS references`;

/** Constraints of tables and of domains. */
export const constraints: Family = {
  kinds: ['constraint'],
  catalogues: { pg_constraint: 'always' },
  reads: 'of relations',
  object: constraint,
  query: `
    SELECT ${properties},
      CASE k.conrelid WHEN 0 THEN 'pg_type:' || k.contypid ELSE 'pg_class:' || k.conrelid END AS table
    FROM pg_constraint AS k
    WHERE k.contype IN ('c', 'f', 'p', 'u', 'x', 'n')
      AND (${ofRelations('k.conrelid')} OR k.conrelid = 0 AND k.contypid >= ${firstUserOid})
      AND NOT EXISTS (SELECT FROM pg_constraint AS w WHERE w.oid = k.conparentid AND w.conrelid = k.conrelid)`,
};
