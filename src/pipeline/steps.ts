import type { Config } from '../config/config.ts';
import { executeAll } from '../migrations/execute.ts';
import { type GapStep, gapSteps } from '../migrations/index-gaps.ts';
import { migrationsUpTo } from '../migrations/transactions.ts';
import type { Change } from '../model/change.ts';
import type { ProductionStatistics } from '../model/production.ts';
import type { Query } from '../model/query.ts';
import type { Unchecked } from '../model/review.ts';
import type { Sandbox } from '../model/server.ts';
import type { Examination } from '../plans/examine.ts';
import { querySubject } from '../rules/on-plan.ts';
import type { StepFacts } from '../rules/step-facts.ts';
import type { Base } from './base.ts';
import type { Head } from './head.ts';
import { type KnownSizes, type PlannedState, planState } from './plans.ts';
import { readState } from './states.ts';

/** Steps that are built at most: a change with more of them has said enough. */
const mostSteps = 5;

/** What the steps of a change are built from. */
interface BetweenStates {
  readonly base: Base;
  readonly head: Head;
  /** The statistics file, or null. */
  readonly production: ProductionStatistics | null;
  /** The base's plans, which tell the queries that are worth planning again. */
  readonly planned: PlannedState;
}

interface PlannedSteps {
  readonly steps: readonly StepFacts[];
  readonly unchecked: readonly Unchecked[];
}

/**
 * Plans queries at the committed points between base and head at which their tables lack an index: each is a clone
 * of the base in which the change is run so far, and its twin. Where no captured query reads such a table, nothing
 * is built.
 */
export async function planSteps(
  sandbox: Sandbox,
  config: Config,
  between: BetweenStates,
  progress: (step: string) => void,
): Promise<PlannedSteps> {
  const { base, head, planned, production } = between;
  if (base.kind === 'loaded') return { steps: [], unchecked: [] };
  const reportAs = (table: string) => planned.tables.get(table)?.reportAs ?? table;
  const asked = gapSteps(head.migrations, base.state.schema, reportAs)
    .map((step) => ({ step, queries: queriesOn(step, planned) }))
    .filter(({ queries }) => queries.length > 0);
  const steps: StepFacts[] = [];
  const unchecked: Unchecked[] = asked.slice(mostSteps).map(({ step }) => ({
    subject: placeOf(step),
    reason: `queries were not planned as they run after it: this was done for the first ${mostSteps} such places`,
  }));
  for (const [index, { step, queries }] of asked.slice(0, mostSteps).entries()) {
    progress(`planning ${queries.length} queries as they run after ${placeOf(step)}`);
    const result = await planStep(
      sandbox,
      config,
      base,
      { production, earlier: head.earlier },
      `step_${index + 1}`,
      step,
      queries,
    );
    if (result.facts !== null) steps.push(result.facts);
    unchecked.push(...result.unchecked);
  }
  return { steps, unchecked };
}

async function planStep(
  sandbox: Sandbox,
  config: Config,
  base: Extract<Base, { readonly kind: 'migrated' }>,
  known: KnownSizes,
  name: string,
  step: GapStep,
  queries: readonly Query[],
): Promise<{ readonly facts: StepFacts | null; readonly unchecked: readonly Unchecked[] }> {
  await sandbox.createDatabase(name, base.state.name);
  const failed = await runUpTo(sandbox, name, base.runnable, step);
  if (failed !== null) return { facts: null, unchecked: [failed] };
  const state = await readState(sandbox, name);
  // What statistics the twin lacks is told of head.
  const { examination } = await planState(sandbox, state, config, { queries, migrations: [] }, known);
  return {
    facts: { gaps: step.gaps, plans: examination.planned },
    unchecked: queries.flatMap((query) => uncheckedQuery(query, examination, placeOf(step))),
  };
}

function uncheckedQuery(
  query: Query,
  { refused, stopped }: Examination,
  place: string,
): readonly Unchecked[] {
  const subject = querySubject(query).name;
  const { fingerprint } = query;
  const [error, limitMs] = [refused.get(fingerprint), stopped.get(fingerprint)];
  if (error !== undefined) {
    return [{ subject, reason: `PostgreSQL cannot plan it as it runs after ${place}: ${error.message}` }];
  }
  if (limitMs === undefined) return [];
  return [{ subject, reason: `planning it after ${place} did not end within ${limitMs / 1000} s` }];
}

/** Runs the change as far as the step. In a session of its own, so that the database can be cloned. */
async function runUpTo(
  sandbox: Sandbox,
  name: string,
  { added }: Change,
  step: GapStep,
): Promise<Unchecked | null> {
  await using session = await sandbox.connect(name, 'owner');
  const failed = await executeAll(session, migrationsUpTo(added, step.last));
  if (failed === null) return null;
  const { script, failure } = failed;
  const reason = failure.kind === 'failed' ? failure.error.message : `stopped after ${failure.limitMs} ms`;
  return {
    subject: placeOf(step),
    reason: `queries were not planned as they run after it: ${script.path} could not be run again: ${reason}`,
  };
}

/** Queries that read one of the tables at base. */
function queriesOn({ gaps }: GapStep, { examination }: PlannedState): readonly Query[] {
  const tables = new Set(gaps.map(({ table }) => table));
  return [...examination.planned.values()]
    .filter(({ measures }) => measures.tables.some((table) => tables.has(table)))
    .map(({ query }) => query);
}

function placeOf({ last: { file, statement } }: GapStep): string {
  return `${file}:${statement.line}`;
}
