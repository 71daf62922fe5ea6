import type { MigrationObservation, Statement } from '../model/observation.ts';
import type { Session } from '../model/server.ts';
import { planAll } from './explain.ts';

/**
 * Asks the planner how many rows the statements will change that changed some rows of a few in the sandbox. What is
 * no single UPDATE, DELETE or MERGE that this schema state can run is left out.
 *
 * @param session in the twin of the schema before the change
 */
export async function planChanges(
  session: Session,
  migrations: readonly MigrationObservation[],
): Promise<ReadonlyMap<Statement, number>> {
  const partial = migrations
    .flatMap(({ statements }) => statements)
    .filter(({ changedRows }) => changedRows.some(({ updated, deleted, of }) => updated + deleted < of));
  const plannings = await planAll(
    session,
    partial.map(({ sql }) => ({ sql, parameterCount: 0, params: null })),
  );
  return new Map(
    partial.flatMap((statement, index) => {
      const planning = plannings[index];
      if (planning?.kind !== 'planned' || planning.plan.operation.kind !== 'modify') return [];
      // The node that modifies returns no rows itself; those that it is fed are changed.
      const fed = planning.plan.children.find(({ role }) => role === 'outer');
      return fed === undefined ? [] : [[statement, fed.rows] as const];
    }),
  );
}
