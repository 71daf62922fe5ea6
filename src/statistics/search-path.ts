import type { Session } from '../model/server.ts';

/**
 * Runs statements in which every name is PostgreSQL's own. A function of the schema under review may fit the arguments
 * of a call better than the one that is meant (`public.unnest(oid[])`), and would run as superuser.
 */
export async function withOwnNames<T>(session: Session, statements: () => Promise<T>): Promise<T> {
  await session.query('SET search_path = pg_catalog, pg_temp');
  try {
    return await statements();
  } finally {
    await session.query('RESET search_path');
  }
}
