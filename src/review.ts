import { relative, resolve } from 'node:path';
import { changeByGit, changeByName } from './change/change.ts';
import type { Config } from './config/config.ts';
import { applyBase } from './migrations/apply.ts';
import { readCatalogue } from './migrations/catalogue.ts';
import { plain } from './migrations/layouts/plain.ts';
import { observeChange } from './migrations/observe.ts';
import { type Catalogue, qualifiedName } from './model/catalogue.ts';
import type { Change } from './model/change.ts';
import { Clock } from './model/clock.ts';
import { CannotReview, problem } from './model/problem.ts';
import type { Query } from './model/query.ts';
import type { Review, Unchecked } from './model/review.ts';
import type { Sandbox, Session } from './model/server.ts';
import { examine } from './plans/examine.ts';
import { assemble } from './report/assemble.ts';
import { uncheckedOfChange, uncheckedOfMigrations, uncheckedOfPlans } from './report/unchecked.ts';
import { type ExaminedState, gatherFacts } from './rules/gather.ts';
import { rules } from './rules/index.ts';
import { judge } from './rules/judge.ts';
import type { Finding } from './rules/rule.ts';
import type { SandboxOptions } from './sandbox/start.ts';
import { productionSizes } from './statistics/sizes.ts';
import { describeSizes, sizedTables, unmatchedDeclarations } from './statistics/tables.ts';
import { growTwin } from './statistics/twin.ts';
import { readWorkload } from './workload/read.ts';

/** What a review needs of the world outside. */
export interface Ports {
  /** Working directory: paths in and out are relative to it. */
  readonly root: string;
  /** Ends the review early; the server is stopped and removed. */
  readonly signal: AbortSignal;
  /** Milliseconds, from any point on. */
  readonly now: () => number;
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
  const change = await readChange(config, ports.root);
  if (change.added.length === 0 && change.touched.length === 0 && config.workload.length === 0) return null;

  ports.progress(`starting PostgreSQL ${config.postgresVersion}`);
  const [started, read] = await Promise.allSettled([
    ports.startSandbox(sandboxOptions(config, ports)),
    readWorkload(ports.root, config.workload),
  ]);
  await using sandbox = unwrap(started);
  const workload = unwrap(read);
  clock.lap('sandbox');

  ports.progress(`applying ${change.base.length} migrations of the base`);
  const base = await buildBase(sandbox, change);
  clock.lap('base');

  ports.progress(`observing ${change.added.length} migrations of the change`);
  const observed = await runChange(sandbox, change);
  clock.lap('observe');

  ports.progress(`planning ${workload.queries.length} queries at production size`);
  const names = new Map(base.tables.map((table) => [table.oid, qualifiedName(table)]));
  const [atBase, atHead] = await Promise.all([
    planState(sandbox, 'base', base, config, workload.queries),
    planState(sandbox, 'head', observed.head, config, workload.queries, names),
  ]);
  clock.lap('plan');

  const examined = { base: atBase, head: atHead, migrations: observed.migrations, queries: workload.queries };
  const facts = gatherFacts(examined, config.thresholds);
  const active = rules.filter(({ id }) => !config.rulesOff.has(id));
  const judgements = judge(active, facts.head, facts.base, (finding) => isOnChangedLine(finding, change));

  return assemble({
    config,
    change,
    sandbox,
    statistics: describeSizes(atHead.tables.values(), config.assumedRows),
    migrations: observed.migrations,
    queries: workload.queries,
    basePlans: atBase.examination.planned,
    headPlans: atHead.examination.planned,
    judgements,
    unchecked: [
      ...uncheckedOfChange(change),
      ...uncheckedOfMigrations(change, observed.migrations),
      ...workload.unchecked,
      ...uncheckedOfPlans(workload.queries, atBase.examination, atHead.examination),
      ...unmatchedDeclarations(config.tables, [base, observed.head]),
      ...atHead.unchecked,
    ],
    timings: clock.timings(),
  });
}

function sandboxOptions(config: Config, { signal }: Ports): SandboxOptions {
  const { sandbox: kind, postgresVersion: major, image, limitMs } = config;
  return { kind, major, image, limitMs, signal };
}

function unwrap<T>(settled: PromiseSettledResult<T>): T {
  if (settled.status === 'rejected') throw settled.reason;
  return settled.value;
}

async function readChange(config: Config, root: string): Promise<Change> {
  const folder = relative(root, resolve(root, config.migrations)) || '.';
  const source = { root, folder, layout: plain };
  const change =
    config.comparison.kind === 'named'
      ? await changeByName(source, config.comparison.files)
      : await changeByGit(source, config.comparison.base);
  if (change.base.length + change.added.length === 0) {
    const hint = 'it must hold .sql files, such as 0001_create_orders.sql';
    throw new CannotReview([problem(`there are no migrations in ${folder}`, hint)]);
  }
  return change;
}

/** The schema before the change. Nobody stays connected, so that it can serve as a template. */
async function buildBase(sandbox: Sandbox, change: Change): Promise<Catalogue> {
  await sandbox.createDatabase('base');
  await using session = await sandbox.connect('base', 'owner');
  await applyBase(session, change.base);
  return await readCatalogue(session);
}

async function runChange(sandbox: Sandbox, change: Change) {
  await sandbox.createDatabase('head', 'base');
  await using session = await sandbox.connect('head', 'owner');
  const migrations = await observeChange(session, change.added);
  // The session that ran the change may hold settings of the change, or have been closed by the watchdog.
  await using reader = await sandbox.connect('head', 'superuser');
  return { migrations, head: await readCatalogue(reader) };
}

interface PlannedState extends ExaminedState {
  readonly unchecked: readonly Unchecked[];
}

/** Builds the twin of a schema state and plans the workload on it. */
async function planState(
  sandbox: Sandbox,
  state: 'base' | 'head',
  catalogue: Catalogue,
  config: Config,
  queries: readonly Query[],
  earlierNames?: ReadonlyMap<number, string>,
): Promise<PlannedState> {
  const twin = `${state}_twin`;
  const sizes = productionSizes(catalogue, config.tables, config.assumedRows, earlierNames);
  const tables = sizedTables(catalogue, sizes);
  await sandbox.createDatabase(twin, state);
  await using superuser = await sandbox.connect(twin, 'superuser');
  const unchecked = await growTwin(sandbox, superuser, catalogue, sizes);
  await using session = await sandbox.connect(twin, 'owner');
  return {
    examination: await examine(session, queries, tables),
    tables,
    ...(await readMemory(session)),
    unchecked,
  };
}

/** Bytes that a sort and a hash table may use (work_mem, hash_mem_multiplier). */
async function readMemory(session: Session): Promise<Pick<ExaminedState, 'workMemory' | 'hashMemory'>> {
  const [row] = await session.query(
    `SELECT pg_size_bytes(current_setting('work_mem'))::float8 AS work,
       current_setting('hash_mem_multiplier')::float8 AS multiplier`,
  );
  const work = Number(row?.['work']);
  return { workMemory: work, hashMemory: work * Number(row?.['multiplier']) };
}

/** Whether the code that a finding points at is part of the change, so that the query is new with it. */
function isOnChangedLine({ subject, location }: Finding, { changedLines }: Change): boolean {
  if (subject.kind !== 'query' || location === null) return false;
  const ranges = changedLines.get(location.file) ?? [];
  return ranges.some(({ from, to }) => location.line >= from && location.line <= to);
}
