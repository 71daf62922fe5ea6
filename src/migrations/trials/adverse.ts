import type { Statement } from '../../model/observation.ts';
import type { Unchecked } from '../../model/review.ts';
import type { Sandbox, Session } from '../../model/server.ts';
import type { AdverseFailure } from '../../model/trial.ts';
import { type Adversity, seedAdverse } from '../../seed/adverse.ts';
import { copyDatabase } from '../copy.ts';
import { executeAll } from '../execute.ts';
import { differences } from '../schema/differences.ts';
import { readSchema } from '../schema/read.ts';
import { type Demands, demandsOf } from './demands.ts';
import { type Preflight, preflightFor } from './preflight.ts';
import type { Trial } from './trial.ts';

/** What a change does on rows that break what it assumes. */
export interface AdverseOutcome {
  readonly failures: readonly AdverseFailure[];
  readonly unchecked: readonly Unchecked[];
}

/** More rounds than a change has assumptions that are worth telling. */
const mostRounds = 25;

/**
 * Runs the change on rows that no constraint forbids and that break what it may assume. Where a statement fails,
 * what made it fail is left out, and the change is run again, until it succeeds: so every such statement is found.
 * What fails on the template's plausible rows already is told elsewhere, and ends the search.
 */
export async function tryAdverseRows(sandbox: Sandbox, trial: Trial): Promise<AdverseOutcome> {
  const control = `${trial.template}_control`;
  await using _control = await copyDatabase(sandbox, control, trial.template);
  await using head = await sandbox.connect(control, 'owner');
  const before = await readSchema(head);
  const expected = await executeAll(head, trial.migrations);
  const demands = demandsOf(differences(before, await readSchema(head)));
  const failures: AdverseFailure[] = [];
  const without: Adversity[] = [];
  for (let round = 1; round <= mostRounds; round += 1) {
    const result = await runRound(sandbox, trial, round, { demands, without }, head);
    if (result.kind === 'done') return { failures, unchecked: [] };
    if (result.kind === 'stopped') return { failures, unchecked: [stopped(result)] };
    const { failure } = result;
    const { file, statement } = failure;
    const isThis = (path: string, other: Statement) =>
      path === file && other.line === statement.line && other.sql === statement.sql;
    if (expected !== null && isThis(expected.script.path, expected.failure.statement)) {
      return { failures, unchecked: [] };
    }
    const isNew = !failures.some((each) => isThis(each.file, each.statement));
    if (isNew) failures.push(failure);
    const causes = isNew ? likelyCauses(failure) : allCauses(failure);
    const added = causes.filter((cause) => !without.some((each) => isEqual(each, cause)));
    if (added.length === 0) return { failures, unchecked: [unfinished(failure)] };
    without.push(...added);
  }
  return { failures, unchecked: [unfinishedAfter(mostRounds)] };
}

/** Which rows a round is run on. */
interface AdverseRows {
  readonly demands: Demands;
  readonly without: readonly Adversity[];
}

type Round =
  | { readonly kind: 'done' }
  | { readonly kind: 'stopped'; readonly file: string; readonly line: number; readonly limitMs: number }
  | { readonly kind: 'failed'; readonly failure: AdverseFailure };

async function runRound(
  sandbox: Sandbox,
  { template, migrations }: Trial,
  round: number,
  rows: AdverseRows,
  head: Session,
): Promise<Round> {
  const before = `${template}_adverse_${round}`;
  const after = `${before}_run`;
  await using _before = await copyDatabase(sandbox, before, template);
  await addRows(sandbox, before, migrations.map(({ text }) => text).join('\n'), rows);
  await using _after = await copyDatabase(sandbox, after, before);
  await using session = await sandbox.connect(after, 'owner');
  const failed = await executeAll(session, migrations);
  if (failed === null) return { kind: 'done' };
  const { script, failure } = failed;
  if (failure.kind === 'stopped') {
    return { kind: 'stopped', file: script.path, line: failure.statement.line, limitMs: failure.limitMs };
  }
  const { statement, line, error } = failure;
  await using base = await sandbox.connect(before, 'owner');
  const preflight: Preflight = await preflightFor(error, statement.sql, head, base);
  return { kind: 'failed', failure: { file: script.path, statement, line, error, ...preflight } };
}

function stopped({ file, line, limitMs }: Extract<Round, { readonly kind: 'stopped' }>): Unchecked {
  const reason = `on unusual rows it was stopped after ${limitMs / 1_000} s; what else they would show was not looked for`;
  return { subject: `${file}:${line}`, reason };
}

function unfinishedAfter(rounds: number): Unchecked {
  const reason = `after ${rounds} failures on unusual rows, no further ones were looked for`;
  return { subject: 'the change', reason };
}

/** Tables that the change does not mention are not what it assumes something of. */
async function addRows(
  sandbox: Sandbox,
  database: string,
  change: string,
  { demands, without }: AdverseRows,
): Promise<void> {
  await using session = await sandbox.connect(database, 'owner');
  const words = wordsOf(change);
  await seedAdverse(session, {
    tables: (name) => words.has(name),
    constrains: demands.constrains,
    retypes: demands.retypes,
    without,
  });
}

/** Names, whether or not they are quoted. Names with other characters are made of several words, and left out. */
function wordsOf(sql: string): ReadonlySet<string> {
  return new Set(sql.match(/[\p{L}_][\p{L}\p{N}_$]*/gu) ?? []);
}

/** The rows that made it fail, as far as the error tells. */
function likelyCauses(failure: AdverseFailure): readonly Adversity[] {
  const { assumption, columns } = failure;
  const kinds: readonly Adversity['kind'][] =
    assumption === 'no nulls' || assumption === 'no duplicates'
      ? [assumption === 'no nulls' ? 'nulls' : 'duplicates']
      : ['nulls', 'extreme values'];
  const named = columns.length === 0 ? [null] : columns;
  return tablesOf(failure).flatMap((table) =>
    named.flatMap((column) => kinds.map((kind) => ({ kind, table, column }))),
  );
}

/** All rows of the tables that it may be about. */
function allCauses(failure: AdverseFailure): readonly Adversity[] {
  return tablesOf(failure).map((table) => ({ kind: 'all', table, column: null }));
}

/** Plain names. Where the error names no table, each word of the statement may be one. */
function tablesOf({ table, statement }: AdverseFailure): readonly string[] {
  return table === null ? [...wordsOf(statement.sql)] : [table.slice(table.indexOf('.') + 1)];
}

function isEqual(a: Adversity, b: Adversity): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function unfinished({ file, statement }: AdverseFailure): Unchecked {
  return {
    subject: `${file}:${statement.line}`,
    reason: 'it fails on unusual rows of some table; what comes after it was not tried on such rows',
  };
}
