import type { Lock } from '../model/observation.ts';
import type { Measures, ParameterSource, PlanNode } from '../model/plan.ts';
import type { Query } from '../model/query.ts';
import type { PostgresError, Session } from '../model/server.ts';
import { type QueryShape, shapeOf } from '../sql/shape.ts';
import { type LocksToo, planAll } from './explain.ts';
import { locksOfForeignKeys, readReferences } from './foreign-keys.ts';
import { namedLocks, strongestLocks } from './locks.ts';
import { type MeasuredTables, measure } from './measure.ts';
import { probeIndexScans } from './probe.ts';

/** A query with its plan in one schema state. */
export interface PlannedQuery {
  readonly query: Query;
  readonly shape: QueryShape;
  readonly plan: PlanNode;
  readonly parameters: ParameterSource;
  readonly measures: Measures;
  /** Locks on tables and views that it takes, the strongest on each; empty where they were not asked for. */
  readonly locks: readonly Lock[];
}

/** What came of planning the workload in one schema state, by fingerprint. */
export interface Examination {
  readonly planned: ReadonlyMap<string, PlannedQuery>;
  readonly refused: ReadonlyMap<string, PostgresError>;
  /** Queries whose planning did not come to an end. */
  readonly stopped: ReadonlyMap<string, number>;
}

/** Plans and measures every query. */
export async function examine(
  session: Session,
  queries: readonly Query[],
  tables: MeasuredTables,
  withLocks: LocksToo = 'without locks',
): Promise<Examination> {
  const plannings = await planAll(session, queries, withLocks);
  const [locks, references] = await Promise.all([
    namedLocks(
      session,
      plannings.map((planning) => (planning.kind === 'planned' ? planning.locks : [])),
    ),
    withLocks === 'with locks' ? readReferences(session) : [],
  ]);
  const plans = plannings.flatMap((planning) => (planning.kind === 'planned' ? [planning.plan] : []));
  const fetched = await probeIndexScans(session, plans);
  const planned = new Map<string, PlannedQuery>();
  const refused = new Map<string, PostgresError>();
  const stopped = new Map<string, number>();
  for (const [index, query] of queries.entries()) {
    const planning = plannings[index];
    switch (planning?.kind) {
      case 'planned': {
        const { plan, parameters } = planning;
        const shape = shapeOf(query.sql);
        const measures = measure(plan, shape.columns, tables, fetched);
        planned.set(query.fingerprint, {
          query,
          shape,
          plan,
          parameters,
          measures,
          locks: strongestLocks([...(locks[index] ?? []), ...locksOfForeignKeys(plan, references)]),
        });
        break;
      }
      case 'refused':
        refused.set(query.fingerprint, planning.error);
        break;
      case 'stopped':
        stopped.set(query.fingerprint, planning.limitMs);
        break;
      case undefined:
        break;
      default:
        planning satisfies never;
    }
  }
  return { planned, refused, stopped };
}
