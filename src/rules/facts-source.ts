import type { Levels } from '../config/config.ts';
import type { Advice } from '../model/advice.ts';
import type { Change } from '../model/change.ts';
import type { DeployEstimate } from '../model/estimate.ts';
import type { MigrationObservation, StatementObservation, TransactionMode } from '../model/observation.ts';
import type { Query } from '../model/query.ts';
import type { SchemaDifference } from '../model/schema.ts';
import type { PostgresError, ServerVersion, Sizing } from '../model/server.ts';
import type { Trace } from '../model/trace.ts';
import type { Trials } from '../model/trial.ts';
import type { PlannedQuery } from '../plans/examine.ts';
import type { Activity } from '../statistics/activity.ts';
import type { SizedTable } from '../statistics/tables.ts';
import type { ExecutedFacts } from './on-executed.ts';
import type { Refusals } from './refusals.ts';
import type { ResultFacts } from './result-facts.ts';
import type { SchemaFacts } from './schema-facts.ts';
import type { Senders } from './senders.ts';
import type { StepFacts } from './step-facts.ts';
import type { SuppressionFacts } from './suppression-facts.ts';

/** A statement of the change, with what it belongs to. */
export interface StatementFacts {
  readonly file: string;
  readonly transaction: TransactionMode;
  readonly statement: StatementObservation;
}

export type PlanFacts = PlannedQuery;

/** A query that both schema states can run, as they plan it for the same values: those whose cost grew most. */
export interface PlanChangeFacts {
  readonly query: Query;
  readonly base: PlanFacts;
  readonly head: PlanFacts;
}

/** A query of head in the place of another that the base sends. */
export interface QueryChangeFacts extends PlanChangeFacts {
  /** The earlier query. */
  readonly earlier: Query;
}

/** A query that the base can run and the head refuses. */
export interface BrokenQueryFacts {
  readonly query: Query;
  readonly base: PlanFacts;
  readonly error: PostgresError;
}

export type TableFacts = SizedTable;

/** What is known of the change beside what its statements were seen to do. The base has none. */
export interface ChangeFacts {
  readonly change: Change;
  /** From base to head, all migrations together. */
  readonly differences: readonly SchemaDifference[];
  readonly deploy: DeployEstimate;
  readonly trials: Trials;
}

/** Everything that was found out about one schema state and the way to it. */
export interface FactsSource {
  readonly server: ServerVersion;
  readonly schema: SchemaFacts;
  readonly change: ChangeFacts | null;
  readonly migrations: readonly MigrationObservation[];
  readonly plans: readonly PlanFacts[];
  readonly planChanges: readonly PlanChangeFacts[];
  readonly queryChanges: readonly QueryChangeFacts[];
  readonly brokenQueries: readonly BrokenQueryFacts[];
  /** What one state refuses of what the other one runs; nothing for the base. */
  readonly refusals: Refusals;
  /** Who sends each query. */
  readonly senders: Senders;
  /** What queries return, before and after; nothing for the base. */
  readonly results: ResultFacts;
  /** Points on the way at which tables lack indexes; none for the base. */
  readonly steps: readonly StepFacts[];
  /** By qualified name, those of the base under the names they had there. */
  readonly tables: ReadonlyMap<string, TableFacts>;
  /** What production was seen to do, told of this state and of the base; null without a statistics file. */
  readonly activity: Activity | null;
  readonly activityBefore: Activity | null;
  /** Bytes that one sort or hash table may use before it goes to disk. */
  readonly workMemory: number;
  readonly hashMemory: number;
  /** How the planner was told of production's size. */
  readonly sizing: Sizing;
  /** Queries that were executed on somebody's rows. */
  readonly executed: readonly ExecutedFacts[];
  /** Indexes that were tried on the twin; none for the base. */
  readonly advice: Advice;
  /** What requests, tests and sessions send. */
  readonly traces: readonly Trace[];
  /** What migrations send that were captured with them; none for the base. */
  readonly migrationTraces: readonly Trace[];
  /** What they sent at the base; none where that is not known, and for the base itself. */
  readonly earlierTraces: readonly Trace[];
  readonly overrides: Readonly<Record<string, Levels>>;
  /** Empty until findings were suppressed. */
  readonly suppressions: readonly SuppressionFacts[];
}
