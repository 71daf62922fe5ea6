import { z } from 'zod';
import type { FunctionObject } from '../../model/schema.ts';
import { type Family, isUsers, privilegeList, privileges } from './family.ts';

const routine = z.object({
  kind: z.enum(['function', 'procedure', 'aggregate']),
  key: z.string(),
  name: z.string(),
  owner: z.string(),
  privileges: privilegeList,
  definition: z.string(),
  volatility: z.enum(['immutable', 'stable', 'volatile']),
  securityDefiner: z.boolean(),
  settings: z.array(z.string()),
  returns: z.string(),
}) satisfies z.ZodType<FunctionObject>;

/** pg_get_functiondef refuses aggregates; this is what CREATE AGGREGATE is mostly given. */
const aggregateDefinition = `
  SELECT format('SFUNC = %s, STYPE = %s, FINALFUNC = %s, COMBINEFUNC = %s, INITCOND = %L',
    g.aggtransfn, format_type(g.aggtranstype, NULL), g.aggfinalfn, g.aggcombinefn, g.agginitval)
  FROM pg_aggregate AS g WHERE g.aggfnoid = p.oid`;

/** Constructors of range types belong to these. */
export const functions: Family = {
  kinds: ['function', 'procedure', 'aggregate'],
  catalogues: { pg_proc: 'always', pg_aggregate: 'always' },
  reads: 'all at once',
  object: routine,
  query: `
    SELECT CASE p.prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' ELSE 'function' END AS kind,
      'pg_proc:' || p.oid AS key, n.nspname || '.' || p.proname || '(' || oidvectortypes(p.proargtypes) || ')' AS name,
      pg_get_userbyid(p.proowner) AS owner, ${privileges('p.proacl', `'f'`, 'p.proowner')} AS privileges,
      CASE p.prokind WHEN 'a' THEN (${aggregateDefinition}) ELSE pg_get_functiondef(p.oid) END AS definition,
      CASE p.provolatile WHEN 'i' THEN 'immutable' WHEN 's' THEN 'stable' ELSE 'volatile' END AS volatility,
      p.prosecdef AS "securityDefiner", coalesce(p.proconfig, '{}') AS settings,
      coalesce(pg_get_function_result(p.oid), 'void') AS returns
    FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace
    WHERE n.nspname !~ '^pg_' AND ${isUsers('pg_proc', 'p.oid')}
      AND NOT EXISTS (SELECT FROM pg_depend AS d
        WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'i')`,
};
