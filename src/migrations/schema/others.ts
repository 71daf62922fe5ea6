import { z } from 'zod';
import type { ExtensionObject, OtherObject } from '../../model/schema.ts';
import { type Family, firstUserOid, isUsers, privileges } from './family.ts';

const extension = z.object({
  kind: z.literal('extension'),
  key: z.string(),
  name: z.string(),
  version: z.string(),
}) satisfies z.ZodType<ExtensionObject>;

export const extensions: Family = {
  kinds: ['extension'],
  catalogues: { pg_extension: 'always' },
  reads: 'all at once',
  object: extension,
  query: `
    SELECT 'extension' AS kind, 'pg_extension:' || x.oid AS key, x.extname AS name, x.extversion AS version
    FROM pg_extension AS x WHERE x.oid >= ${firstUserOid}`,
};

type OtherKind = OtherObject['kind'];

/** A family of what only has a name and a text. `select` yields `key`, `name` and `definition`. */
function others(kind: OtherKind, catalogues: Family['catalogues'], select: string): Family {
  const object = z.object({
    kind: z.literal(kind),
    key: z.string(),
    name: z.string(),
    definition: z.string(),
  }) satisfies z.ZodType<OtherObject>;
  return {
    kinds: [kind],
    catalogues,
    reads: 'all at once',
    object,
    query: `SELECT '${kind}' AS kind, o.* FROM (${select}) AS o`,
  };
}

/** `public` is there from the start, and can be altered and dropped like any other. */
export const schemas = others(
  'schema',
  { pg_namespace: 'always' },
  `SELECT 'pg_namespace:' || n.oid AS key, n.nspname AS name,
    format('AUTHORIZATION %I', pg_get_userbyid(n.nspowner))
      || coalesce(' ' || nullif(${privileges('n.nspacl', `'n'`, 'n.nspowner')}, '{}')::text, '') AS definition
  FROM pg_namespace AS n
  WHERE n.nspname = 'public' OR n.nspname !~ '^pg_' AND ${isUsers('pg_namespace', 'n.oid')}`,
);

export const collations = others(
  'collation',
  { pg_collation: 'always' },
  `SELECT 'pg_collation:' || c.oid AS key, n.nspname || '.' || c.collname AS name,
    (SELECT string_agg(p.key || ' = ' || p.value, ', ' ORDER BY p.key) FROM jsonb_each_text(to_jsonb(c)) AS p
      WHERE p.key NOT IN ('oid', 'collname', 'collnamespace', 'collowner', 'collencoding', 'collversion')) AS definition
  FROM pg_collation AS c JOIN pg_namespace AS n ON n.oid = c.collnamespace
  WHERE ${isUsers('pg_collation', 'c.oid')}`,
);

export const statistics = others(
  'statistics',
  { pg_statistic_ext: 'always' },
  `SELECT 'pg_statistic_ext:' || s.oid AS key, n.nspname || '.' || s.stxname AS name,
    pg_get_statisticsobjdef(s.oid) AS definition
  FROM pg_statistic_ext AS s JOIN pg_namespace AS n ON n.oid = s.stxnamespace
  WHERE ${isUsers('pg_statistic_ext', 's.oid')}`,
);

/** What ALTER DEFAULT PRIVILEGES has set, for objects of one type that a role is going to create. */
export const defaultPrivileges = others(
  'default privileges',
  { pg_default_acl: 'always' },
  `SELECT 'pg_default_acl:' || a.oid AS key,
    format('%s%s for %s', CASE a.defaclobjtype WHEN 'r' THEN 'tables' WHEN 'S' THEN 'sequences' WHEN 'f' THEN 'functions'
      WHEN 'T' THEN 'types' WHEN 'n' THEN 'schemas' ELSE 'large objects' END,
      (SELECT ' in ' || n.nspname FROM pg_namespace AS n WHERE n.oid = a.defaclnamespace),
      pg_get_userbyid(a.defaclrole)) AS name,
    ARRAY(SELECT e::text FROM unnest(a.defaclacl) AS e ORDER BY 1)::text AS definition
  FROM pg_default_acl AS a`,
);

export const eventTriggers = others(
  'event trigger',
  { pg_event_trigger: 'always' },
  `SELECT 'pg_event_trigger:' || e.oid AS key, e.evtname::text AS name,
    format('ON %s WHEN TAG IN %s EXECUTE FUNCTION %s (%s)', e.evtevent, coalesce(e.evttags, '{}'), e.evtfoid::regproc,
      e.evtenabled) AS definition
  FROM pg_event_trigger AS e WHERE ${isUsers('pg_event_trigger', 'e.oid')}`,
);
