import type { Config } from '../config/config.ts';
import type { DeployEstimate } from '../model/estimate.ts';
import type { Migration } from '../model/migration.ts';
import type { MigrationObservation } from '../model/observation.ts';
import type { Sandbox } from '../model/server.ts';
import { type Attached, attach, type TriedRemedy, withRemedy } from '../remedies/attach.ts';
import { findRemedies, type Remedy, type Span } from '../remedies/remedies.ts';
import { absences } from '../rules/absences.ts';
import type { Facts } from '../rules/facts.ts';
import type { Judgement } from '../rules/judge.ts';
import type { Base } from './base.ts';
import { withRows } from './head.ts';
import { type BetweenStates, planSteps } from './steps.ts';

/** A change that has been judged. */
export interface JudgedChange {
  readonly judgements: readonly Judgement[];
  readonly head: Facts;
  /** How long migrations take at production size. */
  readonly estimate: (migrations: readonly MigrationObservation[]) => DeployEstimate;
  /** What its steps were planned from. */
  readonly between: BetweenStates;
}

/** Rules about what queries go through between two transactions of the change. */
const betweenRules: ReadonlySet<string> = new Set([
  'migration/missing-in-between',
  'migration/plan-gap',
  'migration/query-fails-in-between',
]);

/**
 * Rewrites the migrations that something is said against, and tries what comes out on copies of the base. Only files
 * of SQL can be written anew. Where queries suffer in between, their plans on the way are made again.
 */
export async function tryRemedies(
  sandbox: Sandbox,
  config: Config,
  base: Base,
  judged: JudgedChange,
): Promise<Attached> {
  if (base.kind === 'loaded' || base.layout === null) return new Map();
  const { judgements, head, estimate } = judged;
  const open = judgements.filter(
    ({ rule, origin, suppression }) =>
      origin === 'introduced' && suppression === null && rule.id.startsWith('migration/'),
  );
  const places = open.flatMap(({ finding }) => finding.location ?? []);
  const between = open.filter(({ rule }) => betweenRules.has(rule.id));
  const betweenFiles = new Set(between.flatMap(({ finding }) => finding.location?.file ?? []));
  const { offered } = await findRemedies({
    sandbox,
    base: withRows,
    layout: base.layout,
    migrations: base.runnable.added,
    hazards: Map.groupBy(places, ({ file }) => file),
    spans: betweenFiles.size > 0 ? spansOf(head) : [],
    rows: (table) => head.table(table)?.rows ?? 0,
    estimate,
  });
  const tried: TriedRemedy[] = [];
  for (const [index, remedy] of offered.entries()) {
    const { observations, all } = withRemedy(head.migrations, remedy);
    const steps = remedy.replaces.some(({ path }) => betweenFiles.has(path))
      ? await stepsWith(sandbox, config, judged.between, remedy, all, `mended_${index + 1}_step`)
      : head.steps;
    tried.push({ remedy, observations, rewritten: head.withMigrations(all, estimate(all), steps) });
  }
  return attach(judgements, tried);
}

/** From the migration that takes something from queries to the one that puts it right; those that overlap are one. */
function spansOf(facts: Facts): readonly Span[] {
  const missing = absences(facts).map(
    ({ by, until }): Span => ({ from: by.at.migration, to: until.at.migration }),
  );
  const found = facts.steps.flatMap(({ queries }) =>
    [...queries.values()].map(
      ({ by, settledBy }): Span => ({ from: by.at.migration, to: settledBy.at.migration }),
    ),
  );
  const spans: Span[] = [];
  for (const { from, to } of [...missing, ...found].toSorted((a, b) => a.from - b.from)) {
    const last = spans.at(-1);
    if (last === undefined || from > last.to) spans.push({ from, to });
    else spans.splice(-1, 1, { from: last.from, to: Math.max(last.to, to) });
  }
  return spans.filter(({ from, to }) => from < to);
}

/** The steps within the remedy's migrations, in the place of those that it replaces; all others are as they were. */
async function stepsWith(
  sandbox: Sandbox,
  config: Config,
  between: BetweenStates,
  { replaces, runs }: Remedy,
  migrations: readonly MigrationObservation[],
  name: string,
) {
  const [first] = replaces;
  const isAt = (migration: Migration, other: Migration) =>
    migration.path === other.path && migration.version === other.version;
  const added = between.added.flatMap((each) => {
    if (!replaces.some((other) => isAt(each, other))) return [each];
    return isAt(each, first) ? runs : [];
  });
  const only = new Set(runs.map(({ path }) => path));
  const rewritten = { ...between, added, migrations, only };
  const { steps } = await planSteps(sandbox, config, rewritten, () => {}, name);
  return steps;
}
