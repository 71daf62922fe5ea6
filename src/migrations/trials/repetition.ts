import type { Migration } from '../../model/migration.ts';
import { refusesTransaction, type Sandbox, type Session, StatementFailed } from '../../model/server.ts';
import type { Repetition } from '../../model/trial.ts';
import { kindOf, nodeType } from '../../sql/kind.ts';
import { type ParsedStatement, statementsOf } from '../../sql/statements.ts';
import { copyDatabase } from '../copy.ts';
import { execute, executeAll } from '../execute.ts';
import { type RowTable, rowCount, rowHashes, rowsAdded, rowsWritten } from './rows.ts';
import type { Trial } from './trial.ts';

/** What of a change is worth running again: its first run has shown it. */
export interface Repeated {
  /** Whether any statement changed rows. */
  readonly changesRows: boolean;
  /** Whether a migration may have been committed in part. */
  readonly canStopHalfway: (migration: Migration) => boolean;
}

/**
 * Finds out what a second run of the change's statements does that the first has done already. A statement that
 * changes rows is run again after the whole change, twice in one transaction: what it does the second time there,
 * it does each time, and what depends on the time of day is the same both times. A migration whose tool may
 * have run half of it, or that is made to be run again, is run again as a whole and must not fail.
 */
export async function repeatChange(
  sandbox: Sandbox,
  trial: Trial,
  { changesRows, canStopHalfway }: Repeated,
): Promise<readonly Repetition[]> {
  const { template, migrations } = trial;
  const repetitions: Repetition[] = [];
  if (changesRows) repetitions.push(...(await repeatAll(sandbox, trial)));
  for (const [index, migration] of migrations.entries()) {
    if (!mayBeRetried(migration) || !(migration.kind === 'repeatable' || canStopHalfway(migration))) continue;
    const upToHere = { template, migrations: migrations.slice(0, index + 1) };
    repetitions.push(...(await repeatMigration(sandbox, upToHere, `${template}_repeated_${index}`)));
  }
  return repetitions;
}

async function repeatAll(sandbox: Sandbox, { template, migrations }: Trial): Promise<readonly Repetition[]> {
  const database = `${template}_repeated`;
  await using _database = await copyDatabase(sandbox, database, template);
  await using session = await sandbox.connect(database, 'owner');
  // A change that fails is told of elsewhere.
  if ((await executeAll(session, migrations)) !== null) return [];
  const repetitions: Repetition[] = [];
  for (const migration of migrations) repetitions.push(...(await repeatStatements(session, migration)));
  return repetitions;
}

/** Statements that can change rows; what a block or a function does is seen when it is run. */
const changingRows: ReadonlySet<string> = new Set([
  'InsertStmt',
  'UpdateStmt',
  'DeleteStmt',
  'MergeStmt',
  'SelectStmt',
  'DoStmt',
  'CallStmt',
]);

async function repeatStatements(session: Session, migration: Migration): Promise<readonly Repetition[]> {
  const parsed = statementsOf(migration.text);
  if (parsed.kind === 'unreadable') return [];
  if (!parsed.value.some(({ node }) => changingRows.has(nodeType(node)))) return [];
  const repetitions: Repetition[] = [];
  await session.script('BEGIN');
  for (const statement of parsed.value) {
    const { node, sql } = statement;
    // Settings hold for the statements after them.
    if (kindOf(node) === 'session') await attempt(session, () => session.script(sql));
    if (!changingRows.has(nodeType(node))) continue;
    await session.script('SAVEPOINT repetition');
    const outcomes = await attempt(session, () => repeatStatement(session, statement));
    if (session.transaction() === 'none') return repetitions;
    await session.script('ROLLBACK TO SAVEPOINT repetition');
    const { line, endLine } = statement;
    repetitions.push(
      ...(outcomes ?? []).map((outcome) => ({
        file: migration.path,
        statement: { sql, line, endLine },
        outcome,
      })),
    );
  }
  await session.script('ROLLBACK');
  await session.query('DISCARD ALL');
  return repetitions;
}

/** Null where the statement fails: what it takes for granted is no longer there, so that it cannot do harm again. */
async function attempt<T>(session: Session, act: () => Promise<T>): Promise<T | null> {
  await session.script('SAVEPOINT attempt');
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof StatementFailed)) throw error;
    if (session.transaction() === 'failed') await session.script('ROLLBACK TO SAVEPOINT attempt');
    return null;
  }
}

async function repeatStatement(
  session: Session,
  { sql, node }: ParsedStatement,
): Promise<readonly Repetition['outcome'][]> {
  const atStart = await rowsWritten(session);
  await session.script(sql);
  const written = [...(await rowsWritten(session)).values()].filter(
    ({ oid, rows }) => rows > (atStart.get(oid)?.rows ?? 0),
  );
  // What triggers write elsewhere, such as a log, is theirs; a function names its tables out of sight.
  const isOpaque = 'CallStmt' in node || 'SelectStmt' in node;
  const words: readonly string[] = sql.match(/[\p{L}_][\p{L}\p{N}_$]*/gu) ?? [];
  const tables = isOpaque ? written : written.filter(({ name }) => words.includes(name));
  const before = await readAll(session, tables);
  await session.script(sql);
  const after = await readAll(session, tables);
  return tables.flatMap(({ oid, schema, name }): readonly Repetition['outcome'][] => {
    const earlier = before.get(oid) ?? new Map();
    const later = after.get(oid) ?? new Map();
    const table = `${schema}.${name}`;
    const more = rowCount(later) - rowCount(earlier);
    if (more > 0) return [{ kind: 'adds rows again', table, rows: more }];
    const changed = rowsAdded(earlier, later);
    return changed > 0 ? [{ kind: 'changes rows again', table, rows: changed }] : [];
  });
}

async function readAll(session: Session, tables: readonly RowTable[]) {
  const read = tables.map(async (table) => [table.oid, await rowHashes(session, table)] as const);
  return new Map(await Promise.all(read));
}

/** Whether a tool may come to run it again over what a first run has left. */
function mayBeRetried({ kind, wrapping }: Migration): boolean {
  return (
    kind === 'repeatable' || wrapping === 'statements' || wrapping === 'one query' || wrapping === 'unknown'
  );
}

/** The last of the migrations is run, and run again. */
async function repeatMigration(
  sandbox: Sandbox,
  { template, migrations }: Trial,
  database: string,
): Promise<readonly Repetition[]> {
  const last = migrations.at(-1);
  if (last === undefined) return [];
  await using _database = await copyDatabase(sandbox, database, template);
  await using session = await sandbox.connect(database, 'owner');
  if ((await executeAll(session, migrations.slice(0, -1))) !== null) return [];
  const { grouping, failure } = await execute(session, last);
  const leavesHalf = grouping === 'each alone' && (await canLeaveHalf(session, last));
  if (failure !== null || !(leavesHalf || last.kind === 'repeatable')) return [];
  await session.query('DISCARD ALL');
  const again = await execute(session, last);
  if (again.failure?.kind !== 'failed') return [];
  const { statement, error } = again.failure;
  return [{ file: last.path, statement, outcome: { kind: 'fails', error } }];
}

/** A statement that commits alone is done or not; only one that cannot be in a transaction can be half done. */
async function canLeaveHalf(session: Session, { text }: Migration): Promise<boolean> {
  const parsed = statementsOf(text);
  if (parsed.kind === 'unreadable' || parsed.value.length > 1) return true;
  await session.query('DISCARD ALL');
  await session.script('BEGIN');
  try {
    await session.script(text);
    return false;
  } catch (error) {
    if (!(error instanceof StatementFailed)) throw error;
    return refusesTransaction(error.error);
  } finally {
    if (session.transaction() !== 'none') await session.script('ROLLBACK');
  }
}
