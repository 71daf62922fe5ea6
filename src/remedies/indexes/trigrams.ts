import type { Session } from '../../model/server.ts';
import { quoteIdentifier } from '../../sql/identifier.ts';
import type { Trigrams } from './candidates/customs.ts';

/** How a database has trigrams (PostgreSQL documentation, "pg_trgm"), or could have them. */
export async function readTrigrams(session: Session): Promise<Trigrams | null> {
  const [installed] = await session.query(
    `SELECT n.nspname AS schema FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
     WHERE e.extname = 'pg_trgm'`,
  );
  if (installed !== undefined) {
    const schema = String(installed['schema']);
    const prefix = schema === 'public' ? '' : `${quoteIdentifier(schema)}.`;
    return { operatorClass: `${prefix}gin_trgm_ops`, requires: null };
  }
  const available = await session.query("SELECT FROM pg_available_extensions WHERE name = 'pg_trgm'");
  if (available.length === 0) return null;
  return { operatorClass: 'gin_trgm_ops', requires: 'CREATE EXTENSION IF NOT EXISTS pg_trgm' };
}
