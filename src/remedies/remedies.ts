import { type Relations, readRelations } from '../migrations/snapshot.ts';
import type { SourceFile } from '../model/change.ts';
import type { Remediation } from '../model/insight.ts';
import type { Migration } from '../model/migration.ts';
import { type MigrationObservation, type Statement, succeeded } from '../model/observation.ts';
import type { Sandbox } from '../model/server.ts';
import { type Outcome, run } from './outcome.ts';
import { type Rewriting, rewriteMigration } from './rewrite.ts';
import { type Trial, verify } from './verify.ts';

/** A migration of the change, written so that others wait less, and tried. */
export interface Remedy {
  /** The migration that it replaces. */
  readonly file: string;
  readonly version: string;
  /** Statements that have another form now. */
  readonly mended: readonly Statement[];
  readonly title: string;
  /** What replaces the migration's file, in the order in which it runs. */
  readonly files: readonly SourceFile[];
  readonly advice: readonly string[];
  /** What was measured to change; null where that is no figure. */
  readonly effect: Remediation['effect'];
  /** What the files were seen to do, in the place of the migration's own observation. */
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
  for (const [index, migration] of migrations.slice(0, last + 1).entries()) {
    const original = await run(sandbox, `remedy_${index}_original`, template, [migration], existing);
    if (!original.observations.every(succeeded)) break;
    const database = `remedy_${index}_rewritten`;
    const result = await remedyOf(mending, migration, { template, database, existing, original });
    if (result !== null) {
      if ('reason' in result) rejected.push(result);
      else offered.push(result);
    }
    template = original.database;
  }
  return { offered, rejected };
}

async function relationsOf(sandbox: Sandbox, database: string): Promise<Relations> {
  await using session = await sandbox.connect(database, 'owner');
  return await readRelations(session);
}

async function remedyOf(
  mending: Mending,
  migration: Migration,
  state: Pick<Trial, 'template' | 'database' | 'existing' | 'original'>,
): Promise<Remedy | Rejection | null> {
  const rewriting = rewrite(mending, migration, state.original);
  if (rewriting === null) return null;
  const { title, mended, drafts, advice } = rewriting;
  const { path: file, version } = migration;
  const files = mending.layout.write(drafts, migration);
  const verdict = await verify({ ...mending, ...state, migration }, files);
  if (verdict.kind === 'refused') return { file, files, reason: verdict.reason };
  const { effect, observations } = verdict;
  const { down } = migration;
  const withDown =
    down === null ? advice : [...advice, `What undoes ${file} is not part of these files: carry it over.`];
  return { file, version, mended, title, files, advice: withDown, effect, observations };
}

function rewrite(
  { sandbox, hazards, rows }: Mending,
  migration: Migration,
  { before, observations: [observation], partitionConstraints }: Outcome,
): Rewriting | null {
  const lines = new Set(hazards.get(migration.path)?.map(({ line }) => line));
  if (observation === undefined || lines.size === 0) return null;
  return rewriteMigration({
    migration,
    observation,
    schema: before,
    partitionConstraints,
    rows,
    major: sandbox.version.major,
    isHazard: ({ line }) => lines.has(line),
  });
}
