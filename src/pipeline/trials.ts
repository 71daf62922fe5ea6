import { tryAdverseRows } from '../migrations/trials/adverse.ts';
import { repeatChange } from '../migrations/trials/repetition.ts';
import { reverseChange } from '../migrations/trials/reversal.ts';
import { type MigrationObservation, type StatementObservation, succeeded } from '../model/observation.ts';
import type { Unchecked } from '../model/review.ts';
import type { Sandbox } from '../model/server.ts';
import type { Trials } from '../model/trial.ts';
import type { Base } from './base.ts';
import { type Head, withRows } from './head.ts';

interface Tried {
  readonly trials: Trials;
  readonly unchecked: readonly Unchecked[];
}

/**
 * Tries the change for more than one run on rows that fit it: as far as what it was seen to do can come out otherwise
 * on other rows, or when it is run again. A change that fails is not tried further.
 */
export async function tryChange(sandbox: Sandbox, base: Base, { migrations }: Head): Promise<Tried> {
  if (base.kind === 'loaded' || migrations.length === 0 || !migrations.every(succeeded)) {
    return { trials: { adverse: [], reversals: [], repetitions: [] }, unchecked: [] };
  }
  const trial = { template: withRows, migrations: base.runnable.added };
  const statements = migrations.flatMap((migration) => migration.statements);
  const { failures, unchecked } = statements.some(dependsOnRows)
    ? await tryAdverseRows(sandbox, trial)
    : { failures: [], unchecked: [] };
  const repetitions = await repeatChange(sandbox, trial, {
    changesRows: statements.some(({ changedRows, transaction }) => {
      return changedRows.length > 0 || transaction === null;
    }),
    canStopHalfway: ({ path, version }) =>
      migrations.some((seen) => seen.file === path && seen.version === version && isCommittedInParts(seen)),
  });
  return {
    trials: { adverse: failures, reversals: await reverseChange(sandbox, trial), repetitions },
    unchecked,
  };
}

/** Whether a statement went through rows. What only touched the catalogue does so whatever the rows are. */
function dependsOnRows(statement: StatementObservation): boolean {
  const { scans, rewrites, indexesBuilt, changedRows, transaction } = statement;
  return transaction === null || [scans, rewrites, indexesBuilt, changedRows].some((seen) => seen.length > 0);
}

function isCommittedInParts({ transaction }: MigrationObservation): boolean {
  return transaction === 'none' || transaction === 'statement';
}
