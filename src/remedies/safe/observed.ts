import {
  blocksReads,
  blocksWrites,
  type LockMode,
  type StatementObservation,
} from '../../model/observation.ts';
import type { Schema } from '../../model/schema.ts';
import { ofKind } from './objects.ts';

/** Relations whose rows a statement read, wrote anew or built an index of. */
export function worked(observation: StatementObservation): ReadonlySet<string> {
  return new Set([
    ...observation.rewrites,
    ...observation.scans.map(({ relation }) => relation),
    ...observation.indexesBuilt.map(({ relation }) => relation),
  ]);
}

/** Whether a lock keeps others waiting: nobody writes to the rows of a materialised view but a refresh. */
export function keepsWaiting(schema: Schema, relation: string, mode: LockMode): boolean {
  const isView = ofKind(schema.values(), 'materialised view').some(({ name }) => name === relation);
  return isView ? blocksReads(mode) : blocksWrites(mode);
}

/** Whether a statement works through the rows of a relation that it keeps others from using meanwhile. */
export function worksUnderLock(observation: StatementObservation, schema: Schema): boolean {
  const through = worked(observation);
  return observation.locks.some(
    ({ relation, mode }) => through.has(relation) && keepsWaiting(schema, relation, mode),
  );
}
