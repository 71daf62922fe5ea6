import type {
  DeployEstimate,
  LockSpan,
  StatementEstimate,
  TableLockTime,
  Throughput,
} from '../model/estimate.ts';
import type { MigrationObservation, Statement } from '../model/observation.ts';
import type { SizedTable } from '../statistics/tables.ts';
import { everyStatement, usualThroughput } from './assumptions.ts';
import { compareModes, lockSpans, type TimedStatement } from './lock-spans.ts';
import { sumOf } from './range.ts';
import { ProductionTables } from './tables.ts';
import { type LockingQuery, type Traffic, withWaiting } from './waiting.ts';
import { workOf } from './work.ts';

/** What an estimate is made from. */
export interface Deployed {
  readonly migrations: readonly MigrationObservation[];
  /** Tables at production size before and after the change, by qualified name. */
  readonly base: ReadonlyMap<string, SizedTable>;
  readonly head: ReadonlyMap<string, SizedTable>;
  /** Rows that the planner expects a statement to update or delete, for those that it was asked about. */
  readonly rowsToChange: ReadonlyMap<Statement, number>;
  /** The workload, as it runs before the change. */
  readonly queries: readonly LockingQuery[];
  readonly traffic: Traffic;
  /** What the configuration states; the rest is assumed. */
  readonly throughput: Partial<Throughput>;
}

/**
 * How long the change takes at production size, and how long it keeps whom waiting. Waiting for a lock itself
 * depends on who holds it, and is not part of it.
 */
export function estimateDeploy(deployed: Deployed): DeployEstimate {
  const throughput = { ...usualThroughput, ...deployed.throughput };
  const tables = new ProductionTables(deployed.base, deployed.head);
  const timed = deployed.migrations.flatMap(({ file, statements }) =>
    statements.map((statement): TimedStatement => {
      const work = workOf(statement, tables, throughput, deployed.rowsToChange.get(statement) ?? null);
      const seconds = sumOf([everyStatement, ...work.map((each) => each.seconds)]);
      return { file, statement, work, seconds };
    }),
  );
  const spans = lockSpans(timed).map((span) => withWaiting(span, deployed.queries, deployed.traffic));
  return {
    throughput,
    pool: deployed.traffic.pool,
    capturedSeconds: deployed.traffic.capturedSeconds,
    productionCalls: deployed.traffic.productionCalls,
    statements: timed,
    spans,
    tables: lockTimes(spans),
    seconds: sumOf(timed.map(({ seconds }) => seconds)),
  };
}

/** Lock time of each table over the whole deploy, the longest first. */
function lockTimes(spans: readonly LockSpan[]): readonly TableLockTime[] {
  const byTable = Map.groupBy(spans, ({ relation }) => relation);
  return [...byTable]
    .flatMap(([relation, [first, ...rest]]): readonly TableLockTime[] => {
      if (first === undefined) return [];
      const mode = rest.reduce(
        (strongest, span) => (compareModes(span.mode, strongest) > 0 ? span.mode : strongest),
        first.mode,
      );
      const seconds = sumOf([first, ...rest].map((span) => span.seconds));
      return [{ relation, mode, transactions: rest.length + 1, seconds }];
    })
    .toSorted((a, b) => b.seconds.high - a.seconds.high);
}

/** The estimate of one statement, or null where it was not observed. */
export function estimateOf(
  { statements }: DeployEstimate,
  file: string,
  statement: Statement,
): StatementEstimate | null {
  return statements.find((each) => isAt(each, file, statement)) ?? null;
}

/** The time that one table is locked, of which the statement is a part; null where it keeps nobody waiting. */
export function spanOf(
  { statements, spans }: DeployEstimate,
  file: string,
  statement: Statement,
  relation: string,
): LockSpan | null {
  const indexOf = (inFile: string, wanted: Statement) =>
    statements.findIndex((each) => isAt(each, inFile, wanted));
  const at = indexOf(file, statement);
  if (at < 0) return null;
  return (
    spans.find(
      (span) =>
        span.relation === relation &&
        indexOf(span.file, span.from) <= at &&
        at <= indexOf(span.toFile, span.to),
    ) ?? null
  );
}

function isAt(estimate: StatementEstimate, file: string, { line, sql }: Statement): boolean {
  return estimate.file === file && estimate.statement.line === line && estimate.statement.sql === sql;
}
