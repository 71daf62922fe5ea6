import { z } from 'zod';
import type { PublicationObject } from '../../model/schema.ts';
import { type Family, relationName } from './family.ts';

const publication = z.object({
  kind: z.literal('publication'),
  key: z.string(),
  name: z.string(),
  tables: z.array(z.string()),
  schemas: z.union([z.array(z.string()), z.literal('all')]),
  publishes: z.array(z.enum(['insert', 'update', 'delete', 'truncate'])),
  viaRoot: z.boolean(),
}) satisfies z.ZodType<PublicationObject>;

/** Schemas are published since 15, in a catalogue of its own, whose rows depend on the publication. */
const schemas = `SELECT a.object_names[1] AS schema
  FROM pg_depend AS d CROSS JOIN LATERAL pg_identify_object_as_address(d.classid, d.objid, 0) AS a
  WHERE d.refclassid = 'pg_publication'::regclass AND d.refobjid = p.oid AND a.type = 'publication namespace'
  ORDER BY 1`;

export const publications: Family = {
  kinds: ['publication'],
  catalogues: { pg_publication: 'always', pg_publication_rel: 'always', pg_publication_namespace: 'always' },
  reads: 'all at once',
  object: publication,
  query: `
    SELECT 'publication' AS kind, 'pg_publication:' || p.oid AS key, p.pubname AS name,
      ARRAY(SELECT ${relationName('r.prrelid')} FROM pg_publication_rel AS r WHERE r.prpubid = p.oid ORDER BY 1)
        AS tables,
      CASE WHEN p.puballtables THEN to_jsonb('all'::text) ELSE to_jsonb(ARRAY(${schemas})) END AS schemas,
      array_remove(ARRAY[CASE WHEN p.pubinsert THEN 'insert' END, CASE WHEN p.pubupdate THEN 'update' END,
        CASE WHEN p.pubdelete THEN 'delete' END, CASE WHEN p.pubtruncate THEN 'truncate' END], NULL) AS publishes,
      p.pubviaroot AS "viaRoot"
    FROM pg_publication AS p`,
};
