import { resolve } from 'node:path';
import type { Config } from './config/config.ts';
import { Clock } from './model/clock.ts';
import type { MigrationObservation } from './model/observation.ts';
import type { Review } from './model/review.ts';
import type { Sandbox } from './model/server.ts';
import { adviseIndexes } from './pipeline/advice.ts';
import { buildBase } from './pipeline/base.ts';
import { planBothStates } from './pipeline/both-states.ts';
import { refuseLentServer } from './pipeline/capture.ts';
import { joinCaptured } from './pipeline/capture-command.ts';
import { estimateChange } from './pipeline/estimate.ts';
import { executeQueries } from './pipeline/execute.ts';
import { buildHead } from './pipeline/head.ts';
import { judgeChange } from './pipeline/judge.ts';
import { mend } from './pipeline/mend.ts';
import { placeWorkload } from './pipeline/places.ts';
import { describeBothStates } from './pipeline/results.ts';
import { describeBase, leavesSchema, readSource } from './pipeline/source.ts';
import { planSteps } from './pipeline/steps.ts';
import { tryChange } from './pipeline/trials.ts';
import { readComparedWorkload } from './pipeline/workload.ts';
import { assemble } from './report/assemble.ts';
import { productionReview } from './report/production.ts';
import { releaseReview } from './report/release.ts';
import { uncheckedOfChange, uncheckedOfMigrations, uncheckedOfPlans } from './report/unchecked.ts';
import { gatherFacts } from './rules/gather.ts';
import type { SandboxOptions } from './sandbox/start.ts';
import { readStatisticsFile } from './statistics/file/read.ts';
import { ageOf } from './statistics/import/age.ts';
import { unmatchedStatistics } from './statistics/import/match.ts';
import { queryLoads } from './statistics/query-loads.ts';
import { describeSizes, unmatchedDeclarations } from './statistics/tables.ts';

/** What a review needs of the world outside. */
export interface Ports {
  /** Working directory: paths in and out are relative to it. */
  readonly root: string;
  /** Ends the review early; the server is stopped and removed. */
  readonly signal: AbortSignal;
  /** Milliseconds, from any point on. */
  readonly now: () => number;
  /** The day, as `2026-12-31`. */
  readonly today: string;
  readonly progress: (step: string) => void;
  readonly startSandbox: (options: SandboxOptions) => Promise<Sandbox>;
}

/**
 * Reviews what a change does to the database. Null where there is nothing to review.
 *
 * @throws CannotReview where the input, the base or the server does not allow it.
 */
export async function review(config: Config, ports: Ports): Promise<Review | null> {
  const clock = new Clock(ports.now);
  if (config.captureCommand !== null) refuseLentServer(config);
  const source = await readSource(config, ports);
  if (leavesSchema(source) && config.workload.length === 0 && config.captureCommand === null) return null;

  ports.progress(
    config.serverUrl === null ? `starting PostgreSQL ${config.postgresVersion}` : 'connecting to the server',
  );
  const [started, read, imported] = await Promise.allSettled([
    ports.startSandbox(sandboxOptions(config, ports)),
    readComparedWorkload(ports.root, config, source.change.comparison),
    config.statistics === null ? null : readStatisticsFile(resolve(ports.root, config.statistics)),
  ]);
  await using sandbox = unwrap(started);
  const filed = unwrap(read);
  const production = unwrap(imported);
  clock.lap('sandbox');

  ports.progress(describeBase(source));
  const base = await buildBase(sandbox, source);
  const { change } = base;
  clock.lap('base');

  ports.progress(`observing ${change.added.length} migrations of the change`);
  const texts = [...filed.queries, ...filed.earlier.gone].map(({ sql }) => sql);
  const head = await buildHead(sandbox, base, { root: ports.root, file: config.seed, queries: texts });
  const { migrations } = head;
  clock.lap('observe');

  const captured = await joinCaptured(sandbox, config, change.comparison, filed, ports);
  const workload = await placeWorkload(ports.root, captured);
  const sent = [...workload.queries, ...workload.earlier.gone];

  const scale = sandbox.sizing === 'files' ? ' at production size' : '';
  ports.progress(`planning ${sent.length} queries${scale}`);
  const [{ atBase, atHead }, tried] = await Promise.all([
    planBothStates(sandbox, config, { base, head }, { queries: sent, migrations, production }),
    tryChange(sandbox, base, head),
  ]);
  const results = await describeBothStates(
    sandbox,
    { state: base.state, examination: atBase.examination },
    { state: head.state, examination: atHead.examination },
  );
  const added = base.kind === 'loaded' ? [] : base.runnable.added;
  const passage = { base, head, added, migrations, only: null, production, atBase, atHead };
  const between = await planSteps(sandbox, config, passage, ports.progress);
  const executed = await executeQueries(sandbox, config, workload.queries, ports.progress);
  clock.lap('plan');

  ports.progress('trying indexes');
  const advice = await adviseIndexes(sandbox, config, head, atHead, workload.queries);
  clock.lap('remedies');

  const loads = queryLoads(production);
  const estimate = (observations: readonly MigrationObservation[]) =>
    estimateChange(config, workload, loads, observations, atBase, atHead);
  const deploy = estimate(migrations);
  const facts = gatherFacts(
    {
      sizing: sandbox.sizing,
      server: { ...sandbox.version, text: config.productionVersion ?? sandbox.version.text },
      change: {
        change,
        differences: head.differences,
        deploy,
        trials: tried.trials,
      },
      base: atBase,
      head: atHead,
      migrations,
      queries: workload.queries,
      traces: workload.traces,
      migrationTraces: workload.migrations,
      earlier: workload.earlier,
      results: { base: results.base, head: results.head, positional: config.positionalResults },
      steps: between.steps,
      advice,
      executed: executed.plans,
    },
    config.thresholds,
  );
  const judgements = judgeChange(config, facts, { change, migrations, workload, atHead, today: ports.today });
  clock.lap('judge');

  const mended = await mend(
    sandbox,
    config,
    {
      base,
      state: head,
      atHead,
      advice,
      judgements,
      head: facts.head,
      estimate,
      between: passage,
    },
    ports,
  );
  clock.lap('remedies');

  return assemble({
    config,
    change,
    sandbox,
    statistics: describeSizes(atHead.tables.values(), config.assumedRows, production),
    settings: atHead.settings,
    production: productionReview(atBase.activity, production, facts.head),
    migrations,
    deploy,
    release: releaseReview(facts.head, workload.earlier.queries !== null),
    queries: workload.queries,
    senders: facts.head.senders,
    earlier: workload.earlier,
    loads,
    basePlans: atBase.examination.planned,
    headPlans: atHead.examination.planned,
    judgements,
    remedies: mended.remedies,
    unchecked: [
      ...sandbox.remarks,
      ...uncheckedOfChange(change),
      ...uncheckedOfMigrations(change, migrations),
      ...head.unchecked,
      ...tried.unchecked,
      ...workload.unchecked,
      ...uncheckedOfPlans(sent, atBase.examination, atHead.examination),
      ...unmatchedDeclarations(config.tables, [base.state.catalogue, head.state.catalogue]),
      ...(production === null ? [] : unmatchedStatistics(production, base.state.catalogue)),
      ...ageOf(production, ports.today),
      ...atHead.unchecked,
      ...results.unchecked,
      ...between.unchecked,
      ...executed.unchecked,
      ...mended.unchecked,
    ],
    timings: clock.timings(),
  });
}

function sandboxOptions(config: Config, { signal }: Ports): SandboxOptions {
  const { sandbox: kind, serverUrl: url, postgresVersion: major, image, limitMs } = config;
  const forTools = config.migrateCommand !== null || config.captureCommand !== null;
  return { kind, url, major, image, limitMs, forTools, signal };
}

function unwrap<T>(settled: PromiseSettledResult<T>): T {
  if (settled.status === 'rejected') throw settled.reason;
  return settled.value;
}
