import { type Relations, readRelations } from '../migrations/snapshot.ts';
import type { SourceFile } from '../model/change.ts';
import type { Remediation } from '../model/insight.ts';
import type { Migration } from '../model/migration.ts';
import { type MigrationObservation, type Statement, succeeded } from '../model/observation.ts';
import type { Sandbox } from '../model/server.ts';
import { type Outcome, run } from './outcome.ts';
import type { ObservedMigration } from './parts.ts';
import { type Rewriting, rewriteMigrations } from './rewrite.ts';
import { schemaAfter } from './safe/objects.ts';
import { type Trial, verify } from './verify.ts';

/** A migration of the change, written so that others wait less, and tried. */
export interface Remedy {
  /** What it replaces: a migration, or several that follow each other. */
  readonly replaces: readonly [Migration, ...Migration[]];
  /** What is run in their place. */
  readonly runs: readonly Migration[];
  /** Statements that have another form now. */
  readonly mended: readonly Statement[];
  readonly title: string;
  /** What replaces their files, in the order in which it runs. */
  readonly files: readonly SourceFile[];
  readonly advice: readonly string[];
  /** What was measured to change; null where that is no figure. */
  readonly effect: Remediation['effect'];
  /** What the files were seen to do, in the place of their own observations. */
  readonly observations: readonly MigrationObservation[];
}

/** A rewritten migration that is not offered, and why. */
interface Rejection {
  readonly file: string;
  readonly files: readonly SourceFile[];
  readonly reason: string;
}

export interface Remedies {
  readonly offered: readonly Remedy[];
  readonly rejected: readonly Rejection[];
}

/** What remedies are made from, and tried with. */
export interface Mending extends Pick<Trial, 'sandbox' | 'layout' | 'rows' | 'estimate'> {
  /** Database as it was before the change. Nobody is connected to it. */
  readonly base: string;
  /** Migrations of the change. */
  readonly migrations: readonly Migration[];
  /** Statements that something is said against, by the path of their file. */
  readonly hazards: ReadonlyMap<string, readonly Pick<Statement, 'line'>[]>;
  /** Migrations that are to be rewritten together, since something is said against what is between them. */
  readonly spans: readonly Span[];
}

/** The first and the last of some migrations that follow each other, by their positions. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Rewrites every migration that has a hazard, and tries what comes out. */
export async function findRemedies(mending: Mending): Promise<Remedies> {
  const { sandbox, base, migrations, hazards } = mending;
  const offered: Remedy[] = [];
  const rejected: Rejection[] = [];
  const last = migrations.findLastIndex(({ path }) => hazards.has(path));
  if (last === -1) return { offered, rejected };
  const existing = await relationsOf(sandbox, base);
  let template = base;
  let rewritten = 0;
  for (const [index, migration] of migrations.slice(0, last + 1).entries()) {
    if (index < rewritten) continue;
    const span = mending.spans.find(({ from }) => from === index);
    const together = span === undefined ? null : await mendTogether(mending, span, template, existing);
    if (span !== undefined && together !== null) {
      if ('reason' in together.result) rejected.push(together.result);
      else {
        offered.push(together.result);
        template = together.database;
        rewritten = span.to + 1;
        continue;
      }
    }
    const original = await run(sandbox, `remedy_${index}_original`, template, [migration], existing);
    if (!original.observations.every(succeeded)) break;
    const database = `remedy_${index}_rewritten`;
    const result = await remedyOf(mending, [migration], { template, database, existing, original });
    if (result !== null) {
      if ('reason' in result) rejected.push(result);
      else offered.push(result);
    }
    template = original.database;
  }
  return { offered, rejected };
}

/** Null where nothing can be rewritten, or one of the migrations fails. */
async function mendTogether(
  mending: Mending,
  { from, to }: Span,
  template: string,
  existing: Relations,
): Promise<{ readonly result: Remedy | Rejection; readonly database: string } | null> {
  const [first, ...more] = mending.migrations.slice(from, to + 1);
  if (first === undefined || more.length === 0) return null;
  const name = `remedy_${from}_to_${to}`;
  const original = await run(mending.sandbox, `${name}_original`, template, [first, ...more], existing);
  if (!original.observations.every(succeeded)) return null;
  const state = { template, database: `${name}_rewritten`, existing, original };
  const result = await remedyOf(mending, [first, ...more], state);
  return result === null ? null : { result, database: original.database };
}

async function relationsOf(sandbox: Sandbox, database: string): Promise<Relations> {
  await using session = await sandbox.connect(database, 'owner');
  return await readRelations(session);
}

async function remedyOf(
  mending: Mending,
  migrations: Trial['migrations'],
  state: Pick<Trial, 'template' | 'database' | 'existing' | 'original'>,
): Promise<Remedy | Rejection | null> {
  const rewriting = rewrite(mending, migrations, state.original);
  if (rewriting === null) return null;
  const { title, mended, drafts, advice } = rewriting;
  const [first] = migrations;
  const files = mending.layout.write(drafts, first);
  const verdict = await verify({ ...mending, ...state, migrations }, files);
  if (verdict.kind === 'refused') return { file: first.path, files, reason: verdict.reason };
  const { effect, runs, observations } = verdict;
  const withDown = migrations.flatMap(({ path, down }) =>
    down === null ? [] : [`What undoes ${path} is not part of these files: carry it over.`],
  );
  return {
    replaces: migrations,
    runs,
    mended,
    title,
    files,
    advice: [...advice, ...withDown],
    effect,
    observations,
  };
}

function rewrite(
  { sandbox, hazards, rows }: Mending,
  migrations: Trial['migrations'],
  { before, observations, partitionConstraints }: Outcome,
): Rewriting | null {
  let schema = before;
  const observed: ObservedMigration[] = [];
  for (const [index, migration] of migrations.entries()) {
    const observation = observations[index];
    if (observation === undefined) return null;
    const lines = new Set(hazards.get(migration.path)?.map(({ line }) => line));
    observed.push({
      migration,
      observation,
      schema,
      partitionConstraints,
      rows,
      major: sandbox.version.major,
      isHazard: ({ line }) => lines.has(line),
    });
    schema = observation.statements.reduce((each, { differences }) => schemaAfter(each, differences), schema);
  }
  const isHazardous = migrations.some(({ path }) => (hazards.get(path)?.length ?? 0) > 0);
  return isHazardous ? rewriteMigrations(observed) : null;
}
