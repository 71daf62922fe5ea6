import { differencesByName } from '../migrations/schema/differences.ts';
import type { Relations } from '../migrations/snapshot.ts';
import type { Layout, SourceFile } from '../model/change.ts';
import type { DeployEstimate } from '../model/estimate.ts';
import type { Remediation } from '../model/insight.ts';
import type { Migration } from '../model/migration.ts';
import { type MigrationObservation, type StatementObservation, succeeded } from '../model/observation.ts';
import { CannotReview } from '../model/problem.ts';
import type { SchemaDifference } from '../model/schema.ts';
import type { Sandbox } from '../model/server.ts';
import { parseExpression, walk } from '../sql/expression.ts';
import { type Burden, burdenOf, isLighter } from './burden.ts';
import { readContents, tablesTouched } from './contents.ts';
import { type Outcome, run } from './outcome.ts';

/** What came of trying a rewritten migration. */
export type Verdict =
  | {
      readonly kind: 'verified';
      readonly effect: Remediation['effect'];
      /** The rewritten migrations. */
      readonly runs: readonly Migration[];
      /** What they were seen to do. */
      readonly observations: readonly MigrationObservation[];
    }
  /** It is not to be offered. */
  | { readonly kind: 'refused'; readonly reason: string };

/** What a rewritten migration is to be compared with, and where. */
export interface Trial {
  readonly sandbox: Sandbox;
  /** Database as it was before the migration. Nobody is connected to it. */
  readonly template: string;
  /** Relations that were there before the change. */
  readonly existing: Relations;
  /** A new database for the attempt. */
  readonly database: string;
  readonly layout: Layout;
  /** What is rewritten: a migration, or several that follow each other. */
  readonly migrations: readonly [Migration, ...Migration[]];
  /** What came of them as they are. */
  readonly original: Outcome;
  /** Rows of a table at production size, by qualified name. */
  readonly rows: (table: string) => number;
  /** How long migrations keep others waiting at production size. */
  readonly estimate: (migrations: readonly MigrationObservation[]) => DeployEstimate;
}

/**
 * Runs files as their tool would. They are verified if they come to the same schema and the same values, and were
 * seen to be easier on everybody else.
 */
export async function verify(trial: Trial, files: readonly SourceFile[]): Promise<Verdict> {
  const { sandbox, database, template, existing, layout, original, rows, estimate } = trial;
  if (files.length === 0) return refused('its tool has no way to run it in transactions of its own');
  const runs = readBack(layout, trial.migrations, files);
  if (runs === null) return refused('its tool cannot read it back');
  const attempt = await run(sandbox, database, template, runs, existing);
  const { observations } = attempt;
  const failure = failureOf(observations);
  if (failure !== null) return refused(failure);
  const other = [
    ...differencesByName(original.after, attempt.after).map(inWords),
    ...(await unlikeValues(sandbox, original, attempt)),
  ];
  if (other.length > 0) return refused(`it ends in another schema: ${other.join(', ')}`);
  const before = burdenOf(statementsOf(original.observations), original.before, rows);
  const after = burdenOf(statementsOf(observations), original.before, rows);
  // Of several, what is between them is to be put right, which their statements do not show.
  const isGood = trial.migrations.length > 1 ? !isLighter(before, after) : isLighter(after, before);
  if (!isGood) return refused('it is not easier on others');
  const seconds = {
    before: secondsWaited(estimate(original.observations)),
    after: secondsWaited(estimate(observations)),
  };
  return { kind: 'verified', effect: effectOf(before, after, seconds), runs, observations };
}

/** What the tool makes of the files, or null. One that stays where it was is in the tool's plan already. */
function readBack(
  layout: Layout,
  [migration, ...others]: Trial['migrations'],
  files: readonly SourceFile[],
): readonly Migration[] | null {
  const [first, ...more] = files;
  if (first?.path === migration.path && more.length === 0 && others.length === 0)
    return [{ ...migration, text: first.text }];
  try {
    return layout.order(files).migrations;
  } catch (error) {
    if (error instanceof CannotReview) return null;
    throw error;
  }
}

function refused(reason: string): Verdict {
  return { kind: 'refused', reason };
}

function statementsOf(observations: readonly MigrationObservation[]): readonly StatementObservation[] {
  return observations.flatMap(({ statements }) => statements);
}

function failureOf(observations: readonly MigrationObservation[]): string | null {
  const failed = observations.find((observation) => !succeeded(observation));
  const last = failed?.statements.at(-1);
  if (failed === undefined || last === undefined) return null;
  const why = last.outcome.kind === 'failed' ? last.outcome.error.message : 'it does not end';
  return `${failed.file}: ${why} in ${last.sql}`;
}

function inWords(difference: SchemaDifference): string {
  const object = difference.kind === 'altered' ? difference.after : difference.object;
  const where = 'table' in object ? ` of ${object.table}` : '';
  return `${object.kind} ${object.name}${where} is ${verbs[difference.kind]}`;
}

const verbs = { created: 'left over', dropped: 'missing', altered: 'another' } as const;

/** Columns whose values are not those that the migration as it is leaves. */
async function unlikeValues(
  sandbox: Sandbox,
  original: Outcome,
  attempt: Outcome,
): Promise<readonly string[]> {
  const tables = tablesTouched(statementsOf(original.observations));
  const expected = await readContents(sandbox, original.database, tables);
  const found = await readContents(sandbox, attempt.database, tables);
  const varying = varyingColumns(original);
  return [...expected].flatMap(([column, { values, digest }]) => {
    const other = found.get(column);
    const isSame = other?.values === values && (varying.has(column) || other.digest === digest);
    return isSame ? [] : [`has other values in ${column}`];
  });
}

/** Columns that are new and have a computed default: every run gives them other values. */
function varyingColumns({ before, after }: Outcome): ReadonlySet<string> {
  const columns = [...after.values()].flatMap((object) => (object.kind === 'column' ? [object] : []));
  const varying = columns.filter(({ key, default: expression, identity }) => {
    if (before.has(key)) return false;
    const node = expression === null ? null : parseExpression(expression);
    return identity !== null || (node !== null && [...walk(node)].some((each) => 'FuncCall' in each));
  });
  return new Set(varying.map(({ table, name }) => `${table}.${name}`));
}

/** Seconds in which somebody may have to wait for a lock, at most. */
function secondsWaited({ spans }: DeployEstimate): number {
  const seconds = spans.reduce((sum, span) => sum + span.seconds.high, 0);
  return Math.round(seconds * 100) / 100;
}

function effectOf(
  before: Burden,
  after: Burden,
  seconds: { readonly before: number; readonly after: number },
): Remediation['effect'] {
  if (before.rowsUnderLock > after.rowsUnderLock && seconds.before > seconds.after) {
    return { ...seconds, unit: 'seconds under a lock that others wait for, at most' };
  }
  if (before.rowsInTransaction > after.rowsInTransaction) {
    return {
      before: before.rowsInTransaction,
      after: after.rowsInTransaction,
      unit: 'rows locked by one transaction',
    };
  }
  return null;
}
