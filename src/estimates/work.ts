import type { Throughput, Work } from '../model/estimate.ts';
import { blocksWrites, type LockMode, lockModes, type StatementObservation } from '../model/observation.ts';
import type { SizedTable } from '../statistics/tables.ts';
import { changedRowsWork } from './changed-rows.ts';
import { indexBuild } from './index-build.ts';
import { exactly, secondsAt, sumOf } from './range.ts';
import type { ProductionTables } from './tables.ts';

/**
 * What a statement was seen to do in the sandbox, as the work that it is at production size.
 *
 * @param plannedRows rows that the planner expects it to update or delete; null where it was not asked, or cannot tell
 */
export function workOf(
  statement: StatementObservation,
  tables: ProductionTables,
  throughput: Throughput,
  plannedRows: number | null,
): readonly Work[] {
  const relations = [
    ...statement.rewrites,
    ...statement.indexesBuilt.map(({ relation }) => relation),
    ...statement.scans.map(({ relation }) => relation),
  ];
  return [
    ...[...new Set(relations)].flatMap((relation) => {
      const table = tables.before(relation);
      return table === null ? [] : workOn(table, statement, tables, throughput);
    }),
    ...changedRowsWork(statement, tables, throughput, plannedRows),
  ];
}

/** The counter of scans holds those of the rewrite and of each build as well; what is left are scans by themselves. */
function workOn(
  table: SizedTable,
  statement: StatementObservation,
  tables: ProductionTables,
  throughput: Throughput,
): readonly Work[] {
  const isRewritten = statement.rewrites.includes(table.name);
  const builds = isRewritten
    ? table.indexes.map((index) => indexBuild(table, index, 1, throughput))
    : statement.indexesBuilt
        .filter(({ relation }) => relation === table.name)
        .map(({ index }) =>
          indexBuild(
            table,
            tables.index(index, table),
            isConcurrent(statement, table.name) ? 2 : 1,
            throughput,
          ),
        );
  const counted = statement.scans.find(({ relation }) => relation === table.name)?.scans ?? 0;
  const own = Math.max(0, counted - builds.length - (isRewritten ? 1 : 0));
  const scans = isQuery(statement, table.name) ? Math.min(1, own) : own;
  return [
    ...(isRewritten ? [rewrite(table, tables.after(table.name) ?? table, throughput)] : []),
    ...builds,
    ...(scans > 0 ? [scan(table, scans, throughput)] : []),
  ];
}

function rewrite(before: SizedTable, after: SizedTable, throughput: Throughput): Work {
  return {
    kind: 'rewrite',
    relation: before.name,
    rows: before.rows,
    bytes: after.bytes,
    seconds: sumOf([
      secondsAt(exactly(before.bytes), throughput.read),
      secondsAt(exactly(after.bytes), throughput.write),
    ]),
  };
}

function scan(table: SizedTable, passes: number, throughput: Throughput): Work {
  const bytes = table.bytes * passes;
  return {
    kind: 'scan',
    relation: table.name,
    rows: table.rows * passes,
    bytes,
    seconds: secondsAt(exactly(bytes), throughput.read),
  };
}

/** A statement outside a transaction that lets others write while it builds. */
function isConcurrent(statement: StatementObservation, relation: string): boolean {
  return statement.transaction === null && !blocksWrites(modeOf(statement, relation));
}

/**
 * Whether a table is read by a query's plan. How often that reads it depends on the plan, which is another one
 * with few rows, so that once is all that can be said.
 */
function isQuery(statement: StatementObservation, relation: string): boolean {
  const strongestOfQueries = lockModes.indexOf('RowExclusiveLock');
  return (
    statement.changedRows.length > 0 || lockModes.indexOf(modeOf(statement, relation)) <= strongestOfQueries
  );
}

function modeOf({ locks }: StatementObservation, relation: string): LockMode {
  return locks.find((lock) => lock.relation === relation)?.mode ?? 'AccessShareLock';
}
