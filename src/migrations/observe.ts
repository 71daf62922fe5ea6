import type { MigrationFile } from '../model/change.ts';
import { type MigrationObservation, succeeded } from '../model/observation.ts';
import type { Session } from '../model/server.ts';
import { transactionControlOf } from '../sql/kind.ts';
import { Lines } from '../sql/position.ts';
import { statementsOf } from '../sql/statements.ts';
import type { Existing } from './effects.ts';
import { Run, type Step } from './run.ts';
import { readRelations } from './snapshot.ts';

/**
 * Runs the migrations that the change adds, statement by statement, and records what each does to relations that
 * were there before. Stops at the first migration that fails, as a deploy would; its transaction is rolled back,
 * and the session is not to be used afterwards.
 */
export async function observeChange(
  session: Session,
  migrations: readonly MigrationFile[],
): Promise<readonly MigrationObservation[]> {
  const existing = await readRelations(session);
  const observations: MigrationObservation[] = [];
  for (const migration of migrations) {
    const observation = await observeMigration(session, migration, existing);
    observations.push(observation);
    if (!succeeded(observation)) break;
    await session.query('DISCARD ALL');
  }
  return observations;
}

async function observeMigration(
  session: Session,
  migration: MigrationFile,
  existing: Existing,
): Promise<MigrationObservation> {
  const steps = stepsOf(migration.text);
  const relations = await readRelations(session);
  const run = (wrap: 'file' | 'none') => new Run(session, migration, existing, relations, wrap).all(steps);
  // Asking PostgreSQL beats a list of statements: a procedure that commits is refused as well.
  return (await run('file')) ?? (await run('none')) ?? unreachable();
}

function unreachable(): never {
  throw new Error('only a run in one transaction can be refused');
}

/** A text that PostgreSQL's newest grammar cannot read is one step: the server in use decides about it. */
function stepsOf(text: string): readonly Step[] {
  const parsed = statementsOf(text);
  if (parsed.kind === 'unreadable') {
    return [{ sql: text, offset: 0, line: 1, endLine: new Lines(text).lineAt(text.length), control: null }];
  }
  return parsed.value.map(({ sql, offset, line, endLine, node }) => ({
    sql,
    offset,
    line,
    endLine,
    control: transactionControlOf(node),
  }));
}
