import { resolve } from 'node:path';
import type { Config } from './config/config.ts';
import type { Change } from './model/change.ts';
import { Clock } from './model/clock.ts';
import type { Migration } from './model/migration.ts';
import type { Review } from './model/review.ts';
import type { Sandbox } from './model/server.ts';
import type { Suppression } from './model/suppression.ts';
import { adviseIndexes } from './pipeline/advice.ts';
import { buildBase } from './pipeline/base.ts';
import { batchQueries } from './pipeline/batches.ts';
import { joinCaptured } from './pipeline/capture-command.ts';
import { estimateChange } from './pipeline/estimate.ts';
import { executeQueries } from './pipeline/execute.ts';
import { buildHead } from './pipeline/head.ts';
import { planState } from './pipeline/plans.ts';
import { tryRemedies } from './pipeline/remedies.ts';
import { tryRewrites } from './pipeline/rewrites.ts';
import { describeBase, leavesSchema, readSource } from './pipeline/source.ts';
import { planSteps } from './pipeline/steps.ts';
import { tryChange } from './pipeline/trials.ts';
import { readComparedWorkload } from './pipeline/workload.ts';
import { judgedAlike } from './plans/parameters/judge.ts';
import { attachIndexes } from './remedies/indexes/attach.ts';
import { together } from './remedies/rewrites/attach.ts';
import { assemble } from './report/assemble.ts';
import { productionReview } from './report/production.ts';
import { uncheckedOfChange, uncheckedOfMigrations, uncheckedOfPlans } from './report/unchecked.ts';
import { gatherFacts } from './rules/gather.ts';
import { rules } from './rules/index.ts';
import { judge } from './rules/judge.ts';
import { activeRules, type Finding } from './rules/rule.ts';
import { suppress } from './rules/suppress.ts';
import type { SandboxOptions } from './sandbox/start.ts';
import { suppressionsIn } from './sql/suppressions.ts';
import { readStatisticsFile } from './statistics/file/read.ts';
import { ageOf } from './statistics/import/age.ts';
import { noCatalogue, unmatchedStatistics } from './statistics/import/match.ts';
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

  const workload = await joinCaptured(sandbox, config, head.state, filed, ports);
  const sent = [...workload.queries, ...workload.earlier.gone];

  const scale = sandbox.sizing === 'files' ? ' at production size' : '';
  ports.progress(`planning ${sent.length} queries${scale}`);
  const [baseState, headState, tried] = await Promise.all([
    planState(
      sandbox,
      base.state,
      config,
      { queries: sent, migrations },
      { production, earlier: noCatalogue },
    ),
    planState(
      sandbox,
      head.state,
      config,
      { queries: sent, migrations: [] },
      { production, earlier: head.earlier },
    ),
    tryChange(sandbox, base, head),
  ]);
  const alike = judgedAlike(baseState.examination, headState.examination);
  const atBase = { ...baseState, examination: alike.base };
  const atHead = { ...headState, examination: alike.head };
  const between = await planSteps(
    sandbox,
    config,
    { base, head, production, planned: atBase },
    ports.progress,
  );
  const executed = await executeQueries(sandbox, config, workload.queries, ports.progress);
  clock.lap('plan');

  ports.progress('trying indexes');
  const advice = await adviseIndexes(sandbox, config, head, atHead, workload.queries);
  clock.lap('remedies');

  const deploy = estimateChange(config, workload, migrations, atBase, atHead);
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
      earlier: workload.earlier,
      steps: between.steps,
      advice,
      executed: executed.plans,
    },
    config.thresholds,
  );
  const active = activeRules(rules, config.switches);
  const judged = judge(active, facts.head, facts.base, (finding) => isOnChangedLine(finding, change));
  const suppressions = [
    ...change.added.flatMap(suppressionsOf),
    ...workload.suppressions,
    ...config.suppressions,
  ];
  const judgements = suppress(judged, suppressions, facts.head, {
    change,
    migrations,
    queries: new Map(workload.queries.map((query) => [query.fingerprint, query])),
    planned: new Set(atHead.examination.planned.keys()),
    known: rules,
    active,
    today: ports.today,
  });

  clock.lap('judge');

  ports.progress('trying other forms of the migrations');
  const remedies = await tryRemedies(sandbox, base, {
    judgements,
    head: facts.head,
    estimate: (observations) => estimateChange(config, workload, observations, atBase, atHead),
  });

  ports.progress('trying other forms of the queries');
  const rewrites = await tryRewrites(sandbox, head, atHead, judgements, ports.now);
  const batches = await batchQueries(sandbox, head, atHead, judgements);
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
    queries: workload.queries,
    replaced: workload.earlier.replaced,
    basePlans: atBase.examination.planned,
    headPlans: atHead.examination.planned,
    judgements,
    remedies: together(remedies, rewrites.attached, batches, attachIndexes(judgements, advice)),
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
      ...between.unchecked,
      ...executed.unchecked,
      ...rewrites.unchecked,
    ],
    timings: clock.timings(),
  });
}

/** Comments in what a tool sent stand at no line of a file. */
function suppressionsOf({ path, text, lines }: Migration): readonly Suppression[] {
  return lines === undefined ? suppressionsIn(path, text) : [];
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

/** Whether the code that a finding points at is part of the change, so that what it sends is new with it. */
function isOnChangedLine({ subject, location }: Finding, { changedLines }: Change): boolean {
  const isSent = subject.kind === 'query' || subject.kind === 'trace';
  if (!isSent || location === null) return false;
  const ranges = changedLines.get(location.file) ?? [];
  return ranges.some(({ from, to }) => location.line >= from && location.line <= to);
}
