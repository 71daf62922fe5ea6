import { type Session, StatementFailed } from '../model/server.ts';
import type { SeedTable } from './schema/tables.ts';

/**
 * Does something while row level security binds the owner of no table. Whose tables force it on their owner, it is
 * suspended for, and in force again afterwards.
 */
export async function asUnboundOwner<T>(
  session: Session,
  tables: readonly SeedTable[],
  act: () => Promise<T>,
): Promise<T> {
  const forced = tables.filter(({ forcesRowSecurity }) => forcesRowSecurity);
  await Promise.all(forced.map((table) => alter(session, table, 'NO FORCE ROW LEVEL SECURITY')));
  const result = await act();
  await Promise.all(forced.map((table) => alter(session, table, 'FORCE ROW LEVEL SECURITY')));
  return result;
}

async function alter(session: Session, table: SeedTable, action: string): Promise<void> {
  try {
    await session.query(`ALTER TABLE ${table.sql} ${action}`);
  } catch (error) {
    // Somebody else's table: inserting into it will tell.
    if (!(error instanceof StatementFailed)) throw error;
  }
}
