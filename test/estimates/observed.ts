import type { Index } from '../../src/model/catalogue.ts';
import type { Throughput } from '../../src/model/estimate.ts';
import type { MigrationObservation, StatementObservation } from '../../src/model/observation.ts';
import type { ColumnStatistics } from '../../src/model/statistics.ts';
import type { SizedTable } from '../../src/statistics/tables.ts';

/** Rates that are easily reckoned with. */
export const throughput: Throughput = {
  read: { low: 100, high: 200 },
  write: { low: 50, high: 100 },
  indexRows: { low: 10, high: 20 },
  changedRows: { low: 5, high: 10 },
  roundTrip: { low: 0.001, high: 0.002 },
  commit: { low: 0.001, high: 0.002 },
};

let lines = 0;

/** A statement at a line of its own, with what a test wants to say of it. */
export function statement(parts: Partial<StatementObservation> = {}): StatementObservation {
  lines += 1;
  return {
    sql: 'ALTER TABLE t',
    line: lines,
    endLine: lines,
    transaction: 1,
    heldAtStart: [],
    takes: [],
    locks: [],
    indexLocks: [],
    rewrites: [],
    emptied: [],
    sequencesRewritten: [],
    scans: [],
    indexesBuilt: [],
    changedRows: [],
    walBytes: 0,
    differences: [],
    settings: {
      lockTimeoutMs: 0,
      statementTimeoutMs: 0,
      idleInTransactionTimeoutMs: 0,
      transactionTimeoutMs: null,
      timeZone: 'UTC',
      searchPath: 'public',
      role: 'owner',
    },
    notices: [],
    durationMs: 1,
    outcome: { kind: 'done' },
    ...parts,
  };
}

export function migrationOf(file: string, statements: readonly StatementObservation[]): MigrationObservation {
  return {
    file,
    version: '1',
    transaction: 'file',
    statements,
    notRun: [],
    transactionEndedBy: null,
    transactionLeftOpenBy: null,
  };
}

export function index(name: string, column: string, method = 'btree'): Index {
  return {
    oid: 1,
    name,
    method,
    keys: [
      {
        column,
        expression: null,
        operatorClass: '',
        collation: null,
        descending: false,
        nullsFirst: false,
      },
    ],
    included: [],
    unique: false,
    primary: false,
    valid: true,
    predicate: null,
  };
}

function statisticsOf(column: string, width: number): ColumnStatistics {
  return {
    column,
    width,
    nullFraction: 0,
    distinct: 0,
    mostCommon: [],
    histogram: [],
    redacted: false,
    correlation: null,
  };
}

/** A thousand rows of ten bytes, with columns `id` of 8 bytes and `note` of 32. */
export function table(name: string, indexes: readonly Index[] = []): SizedTable {
  return {
    name,
    reportAs: name,
    rows: 1000,
    bytes: 10_000,
    source: 'declared',
    statistics: new Map([
      ['id', statisticsOf('id', 8)],
      ['note', statisticsOf('note', 32)],
    ]),
    columns: [],
    indexes,
  };
}
