import type { Facts } from './facts.ts';
import type { StatementFacts } from './facts-source.ts';

/** Rows of one table that a statement is expected to change at production. */
interface ProductionRows {
  readonly table: string;
  readonly rows: number;
  /** Share of the table's rows, 0 to 1. */
  readonly share: number;
}

/**
 * The share of the rows that were updated or deleted in the sandbox, of the rows at production, or what the planner
 * expects at that size, where it is less: among a few rows, the one that a key names is a large part. Most first.
 */
export function productionRows(facts: Facts, each: StatementFacts): readonly ProductionRows[] {
  const expected = facts.estimate(each)?.work.filter(({ kind }) => kind === 'rows changed') ?? [];
  return each.statement.changedRows
    .flatMap(({ relation, updated, deleted, of }): readonly ProductionRows[] => {
      const table = facts.table(relation);
      if (table === null || of <= 0 || updated + deleted === 0) return [];
      // A procedure may change a row several times.
      const seen = Math.min(1, (updated + deleted) / of) * table.rows;
      const planned = expected.find((work) => work.relation === table.name)?.rows ?? seen;
      const rows = Math.round(Math.min(seen, planned));
      return [{ table: table.name, rows, share: table.rows === 0 ? 0 : rows / table.rows }];
    })
    .toSorted((a, b) => b.rows - a.rows);
}
