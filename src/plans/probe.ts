import { escapeIdentifier } from 'pg';
import type { Operation, PlanNode } from '../model/plan.ts';
import type { Session } from '../model/server.ts';
import { parameteriseOthers } from '../sql/expression.ts';
import { planAll } from './explain.ts';

type Scan = Extract<Operation, { readonly kind: 'scan' }>;

/** Rows that an index scan fetches in one execution, before its filter, by node. */
export type FetchedRows = ReadonlyMap<PlanNode, number>;

/**
 * EXPLAIN shows the rows that are left after a scan's filter, not those that its index condition finds. So the
 * planner is asked for the index condition alone, with what comes from other relations as parameters.
 */
export async function probeIndexScans(session: Session, plans: readonly PlanNode[]): Promise<FetchedRows> {
  const scans = plans.flatMap(filteringIndexScans);
  const predicates = await readPredicates(
    session,
    scans.flatMap(({ scan }) => scan.index ?? []),
  );
  const probes = scans.flatMap(({ node, scan }) => {
    const condition = parameteriseOthers(scan.condition ?? 'true', scan.relation.alias);
    if (condition === null) return [];
    const { schema, name, alias } = scan.relation;
    const from = `${escapeIdentifier(schema)}.${escapeIdentifier(name)} AS ${escapeIdentifier(alias)}`;
    const predicate = predicates.get(`${schema}.${scan.index}`) ?? 'true';
    return [
      {
        node,
        sql: `SELECT FROM ${from} WHERE (${condition.sql}) AND (${predicate})`,
        parameterCount: condition.parameterCount,
      },
    ];
  });
  const distinct = new Map(probes.map((probe) => [probe.sql, probe]));
  const queries = [...distinct.values()].map(({ sql, parameterCount }) => ({
    sql,
    parameterCount,
    params: null,
  }));
  const plannings = await planAll(session, queries);
  const rows = new Map(
    plannings.flatMap((planning, index) =>
      planning.kind === 'planned' ? [[queries[index]?.sql, planning.plan.rows] as const] : [],
    ),
  );
  return new Map(
    probes.flatMap(({ node, sql }) => {
      const found = rows.get(sql);
      return found === undefined ? [] : [[node, found] as const];
    }),
  );
}

/**
 * Conditions of partial indexes by qualified name. A scan that modifies or locks rows checks them once more, in its filter
 * (check_index_predicates in indxpath.c), but reads no others.
 */
async function readPredicates(
  session: Session,
  indexes: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (indexes.length === 0) return new Map();
  const rows = await session.query(
    `SELECT n.nspname || '.' || c.relname AS name, pg_get_expr(i.indpred, i.indrelid) AS predicate
     FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE i.indpred IS NOT NULL AND c.relname = ANY ($1)`,
    [[...new Set(indexes)]],
  );
  return new Map(rows.map(({ name, predicate }) => [String(name), String(predicate)]));
}

function filteringIndexScans(node: PlanNode): readonly { readonly node: PlanNode; readonly scan: Scan }[] {
  const { operation } = node;
  const isOne =
    operation.kind === 'scan' &&
    (operation.access === 'index' || operation.access === 'index only') &&
    operation.filter !== null;
  return [...(isOne ? [{ node, scan: operation }] : []), ...node.children.flatMap(filteringIndexScans)];
}
