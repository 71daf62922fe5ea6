import type { Migration } from '../model/migration.ts';
import { type MigrationObservation, type StatementObservation, succeeded } from '../model/observation.ts';
import type { Unchecked } from '../model/review.ts';
import type { PostgresError, Sandbox } from '../model/server.ts';
import { quoteQualified } from '../sql/identifier.ts';
import { nodeType } from '../sql/kind.ts';
import { statementsOf } from '../sql/statements.ts';
import { observeChange } from './observe.ts';

/** The change as it was run on rows, and tables whose rows it could not be run on. */
interface ObservedOnRows {
  readonly migrations: readonly MigrationObservation[];
  readonly unchecked: readonly Unchecked[];
}

/** More rounds than a change has statements that look into values. */
const mostRounds = 10;

/**
 * Observes the change on made-up rows. What fails for their values, which only have the right types, says nothing of
 * production: a jsonb need not hold the array that a statement takes apart. Then the tables that the statement names
 * are emptied, in the template too, and the change is observed anew.
 *
 * @param template a database with made-up rows, on which the change succeeds without any
 * @param tables qualified names of the tables in it
 */
export async function observeOnMadeUpRows(
  sandbox: Sandbox,
  template: string,
  migrations: readonly Migration[],
  tables: readonly string[],
): Promise<ObservedOnRows> {
  const unchecked: Unchecked[] = [];
  for (let round = 1; ; round += 1) {
    await sandbox.createDatabase('observed', template);
    const observed = await observeChange(sandbox, 'observed', migrations);
    const unfit = failedForValues(observed);
    const left = tables.filter((name) => !unchecked.some(({ subject }) => subject === name));
    const named = unfit === null ? [] : left.filter((name) => names(unfit.statement.sql, name));
    if (unfit === null || named.length === 0 || round === mostRounds) {
      return { migrations: observed, unchecked };
    }
    await empty(sandbox, template, named);
    await sandbox.dropDatabase('observed');
    const reason = `the change met it empty, since a statement cannot work with the values made up for it: ${unfit.error.message}`;
    unchecked.push(...named.map((subject) => ({ subject, reason })));
  }
}

interface Unfit {
  readonly statement: StatementObservation;
  readonly error: PostgresError;
}

/**
 * A failure of class 22 (data exception), or by RAISE, which migrations use to refuse values; or an INSERT that brings
 * a key which a made-up row happens to have (unique_violation, exclusion_violation).
 */
function failedForValues(migrations: readonly MigrationObservation[]): Unfit | null {
  const last = migrations.at(-1);
  const statement = last === undefined || succeeded(last) ? undefined : last.statements.at(-1);
  if (statement?.outcome.kind !== 'failed') return null;
  const { error } = statement.outcome;
  const isCollision = /^23505$|^23P01$/.test(error.sqlstate) && inserts(statement.sql);
  return isCollision || /^22|^P0001$/.test(error.sqlstate) ? { statement, error } : null;
}

function inserts(sql: string): boolean {
  const parsed = statementsOf(sql);
  return parsed.kind === 'parsed' && parsed.value.some(({ node }) => nodeType(node) === 'InsertStmt');
}

/** Whether a text has the plain name of a table as a word. */
function names(sql: string, table: string): boolean {
  const words: readonly string[] = sql.match(/[\p{L}_][\p{L}\p{N}_$]*/gu) ?? [];
  return words.includes(table.slice(table.indexOf('.') + 1));
}

/** What refers to them is emptied too. Row level security binds nobody who empties a table. */
async function empty(sandbox: Sandbox, database: string, tables: readonly string[]): Promise<void> {
  await using session = await sandbox.connect(database, 'observer');
  await session.query(`TRUNCATE ${tables.map(quoteQualified).join(', ')} CASCADE`);
}
