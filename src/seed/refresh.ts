import { escapeIdentifier } from 'pg';
import type { Unchecked } from '../model/review.ts';
import { type Session, StatementFailed } from '../model/server.ts';

/** Populated ones, each after those that were there before it and that it may read. */
const viewsQuery = `
  SELECT n.nspname AS schema, c.relname AS name
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind = 'm' AND c.oid >= 16384 AND c.relispopulated
  ORDER BY c.oid`;

/** Refreshes materialised views, so that they hold what the tables now do. Returns those that cannot be. */
export async function refreshViews(session: Session): Promise<readonly Unchecked[]> {
  const views = await session.query(viewsQuery);
  const refreshed = await Promise.all(
    views.map(async ({ schema, name }): Promise<readonly Unchecked[]> => {
      try {
        await session.query(
          `REFRESH MATERIALIZED VIEW ${escapeIdentifier(String(schema))}.${escapeIdentifier(String(name))}`,
        );
        return [];
      } catch (error) {
        if (!(error instanceof StatementFailed)) throw error;
        const reason = `it could not be refreshed, so that it holds no rows: ${error.error.message}`;
        return [{ subject: `${schema}.${name}`, reason }];
      }
    }),
  );
  return refreshed.flat();
}
