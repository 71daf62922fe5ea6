import { escapeIdentifier } from 'pg';
import { z } from 'zod';
import type { Index, Table } from '../model/catalogue.ts';
import type { Session } from '../model/server.ts';

/** An index that covers only some of its table's rows. */
export interface PartialIndex {
  readonly table: Table;
  readonly index: Index;
  readonly predicate: string;
}

const explained = z.tuple([z.object({ Plan: z.object({ 'Plan Rows': z.number() }) })]);

/**
 * The share of a table's rows that each partial index covers, by oid: the planner is asked. It runs functions of the
 * predicate, which are those of whoever wrote the schema.
 *
 * @param owner a session of who may run those
 */
export async function partialIndexShares(
  owner: Session,
  indexes: readonly PartialIndex[],
): Promise<ReadonlyMap<number, number>> {
  return new Map(
    await Promise.all(
      indexes.map(async ({ table, index, predicate }): Promise<readonly [number, number]> => {
        const name = `${escapeIdentifier(table.schema)}.${escapeIdentifier(table.name)}`;
        // Policies for rows may hold for the owner, too; they cut both alike.
        const [covered, all] = await Promise.all([
          plannedRows(owner, `SELECT FROM ONLY ${name} WHERE ${predicate}`),
          plannedRows(owner, `SELECT FROM ONLY ${name}`),
        ]);
        return [index.oid, all === 0 ? 1 : Math.min(1, covered / all)];
      }),
    ),
  );
}

async function plannedRows(session: Session, query: string): Promise<number> {
  const [row] = await session.query(`EXPLAIN (FORMAT JSON) ${query}`);
  const [{ Plan: plan }] = explained.parse(row?.['QUERY PLAN']);
  return plan['Plan Rows'];
}
