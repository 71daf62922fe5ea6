import type { Config } from './config/config.ts';
import type { Change } from './model/change.ts';
import { Clock } from './model/clock.ts';
import type { Migration } from './model/migration.ts';
import type { Review } from './model/review.ts';
import type { Sandbox } from './model/server.ts';
import type { Suppression } from './model/suppression.ts';
import { buildBase } from './pipeline/base.ts';
import { estimateChange } from './pipeline/estimate.ts';
import { buildHead } from './pipeline/head.ts';
import { planState } from './pipeline/plans.ts';
import { tryRemedies } from './pipeline/remedies.ts';
import { describeBase, leavesSchema, readSource } from './pipeline/source.ts';
import { planSteps } from './pipeline/steps.ts';
import { tryChange } from './pipeline/trials.ts';
import { assemble } from './report/assemble.ts';
import { uncheckedOfChange, uncheckedOfMigrations, uncheckedOfPlans } from './report/unchecked.ts';
import { gatherFacts } from './rules/gather.ts';
import { rules } from './rules/index.ts';
import { judge } from './rules/judge.ts';
import { activeRules, type Finding } from './rules/rule.ts';
import { suppress } from './rules/suppress.ts';
import type { SandboxOptions } from './sandbox/start.ts';
import { suppressionsIn } from './sql/suppressions.ts';
import { describeSizes, unmatchedDeclarations } from './statistics/tables.ts';
import { readWorkload } from './workload/read.ts';

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
  if (leavesSchema(source) && config.workload.length === 0) return null;

  ports.progress(`starting PostgreSQL ${config.postgresVersion}`);
  const [started, read] = await Promise.allSettled([
    ports.startSandbox(sandboxOptions(config, ports)),
    readWorkload(ports.root, config.workload),
  ]);
  await using sandbox = unwrap(started);
  const workload = unwrap(read);
  clock.lap('sandbox');

  ports.progress(describeBase(source));
  const base = await buildBase(sandbox, source);
  const { change } = base;
  clock.lap('base');

  ports.progress(`observing ${change.added.length} migrations of the change`);
  const texts = workload.queries.map(({ sql }) => sql);
  const head = await buildHead(sandbox, base, { root: ports.root, file: config.seed, queries: texts });
  const { migrations } = head;
  clock.lap('observe');

  ports.progress(`planning ${workload.queries.length} queries at production size`);
  const [atBase, atHead, tried] = await Promise.all([
    planState(sandbox, base.state, config, { queries: workload.queries, migrations }),
    planState(sandbox, head.state, config, { queries: workload.queries, migrations: [] }, head.earlierNames),
    tryChange(sandbox, base, head),
  ]);
  const between = await planSteps(sandbox, config, { base, head, planned: atBase }, ports.progress);
  clock.lap('plan');

  const deploy = estimateChange(config, workload, migrations, atBase, atHead);
  const facts = gatherFacts(
    {
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
      steps: between.steps,
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

  ports.progress('trying other forms of the migrations');
  const remedies = await tryRemedies(sandbox, base, {
    judgements,
    head: facts.head,
    estimate: (observations) => estimateChange(config, workload, observations, atBase, atHead),
  });

  return assemble({
    config,
    change,
    sandbox,
    statistics: describeSizes(atHead.tables.values(), config.assumedRows),
    migrations,
    deploy,
    queries: workload.queries,
    basePlans: atBase.examination.planned,
    headPlans: atHead.examination.planned,
    judgements,
    remedies,
    unchecked: [
      ...uncheckedOfChange(change),
      ...uncheckedOfMigrations(change, migrations),
      ...head.unchecked,
      ...tried.unchecked,
      ...workload.unchecked,
      ...uncheckedOfPlans(workload.queries, atBase.examination, atHead.examination),
      ...unmatchedDeclarations(config.tables, [base.state.catalogue, head.state.catalogue]),
      ...atHead.unchecked,
      ...between.unchecked,
    ],
    timings: clock.timings(),
  });
}

/** Comments in what a tool sent stand at no line of a file. */
function suppressionsOf({ path, text, lines }: Migration): readonly Suppression[] {
  return lines === undefined ? suppressionsIn(path, text) : [];
}

function sandboxOptions(config: Config, { signal }: Ports): SandboxOptions {
  const { sandbox: kind, postgresVersion: major, image, limitMs } = config;
  return { kind, major, image, limitMs, forTools: config.migrateCommand !== null, signal };
}

function unwrap<T>(settled: PromiseSettledResult<T>): T {
  if (settled.status === 'rejected') throw settled.reason;
  return settled.value;
}

/** Whether the code that a finding points at is part of the change, so that the query is new with it. */
function isOnChangedLine({ subject, location }: Finding, { changedLines }: Change): boolean {
  if (subject.kind !== 'query' || location === null) return false;
  const ranges = changedLines.get(location.file) ?? [];
  return ranges.some(({ from, to }) => location.line >= from && location.line <= to);
}
