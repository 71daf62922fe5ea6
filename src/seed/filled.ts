import { type Session, StatementFailed } from '../model/server.ts';
import type { SeedTable } from './schema/tables.ts';

/** Names of the tables and partitions that hold rows. */
export async function filledPlaces(
  session: Session,
  tables: readonly SeedTable[],
): Promise<ReadonlySet<string>> {
  const places = tables.flatMap(({ destinations }) => destinations);
  const filled = await Promise.all(
    places.map(async ({ sql }) => {
      try {
        const [row] = await session.query(`SELECT EXISTS (SELECT FROM ONLY ${sql}) AS filled`);
        return row?.['filled'] === true;
      } catch (error) {
        // Not ours to read, nor then to fill.
        if (error instanceof StatementFailed) return false;
        throw error;
      }
    }),
  );
  return new Set(places.filter((_, index) => filled[index]).map(({ name }) => name));
}
