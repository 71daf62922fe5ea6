import type { Levels } from '../config/config.ts';
import { estimateOf, spanOf } from '../estimates/deploy.ts';
import type { Advice } from '../model/advice.ts';
import type { Change } from '../model/change.ts';
import type { DeployEstimate, LockSpan, Range, StatementEstimate } from '../model/estimate.ts';
import type { Severity } from '../model/insight.ts';
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
import type { SchemaFacts } from './schema-facts.ts';
import { severityAt } from './severity.ts';
import type { StepFacts } from './step-facts.ts';
import type { SuppressionFacts } from './suppression-facts.ts';
import { type ThresholdId, thresholds } from './thresholds.ts';

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
  /** What they sent at the base; none where that is not known, and for the base itself. */
  readonly earlierTraces: readonly Trace[];
  readonly overrides: Readonly<Record<string, Levels>>;
  /** Empty until findings were suppressed. */
  readonly suppressions: readonly SuppressionFacts[];
}

/** What rules are asked with: plain facts, and the questions that several of them ask. */
export class Facts {
  readonly #source: FactsSource;
  /** All statements of the change, in the order in which they ran: the same objects each time. */
  readonly statements: readonly StatementFacts[];

  constructor(source: FactsSource) {
    this.#source = source;
    this.statements = source.migrations.flatMap(({ file, transaction, statements }) =>
      statements.map((statement) => ({ file, transaction, statement })),
    );
  }

  /** The version that production runs, or that of the sandbox where nobody says. */
  get server(): ServerVersion {
    return this.#source.server;
  }

  /** All objects of this state. */
  get schema(): SchemaFacts {
    return this.#source.schema;
  }

  /** What the change as a whole does; null for the base. */
  get change(): ChangeFacts | null {
    return this.#source.change;
  }

  get migrations(): readonly MigrationObservation[] {
    return this.#source.migrations;
  }

  get plans(): readonly PlanFacts[] {
    return this.#source.plans;
  }

  get planChanges(): readonly PlanChangeFacts[] {
    return this.#source.planChanges;
  }

  /** Queries whose text the change replaces: the earlier one at base against the new one at head. */
  get queryChanges(): readonly QueryChangeFacts[] {
    return this.#source.queryChanges;
  }

  get brokenQueries(): readonly BrokenQueryFacts[] {
    return this.#source.brokenQueries;
  }

  get steps(): readonly StepFacts[] {
    return this.#source.steps;
  }

  /** The statements of each request, test or session that was captured. */
  get traces(): readonly Trace[] {
    return this.#source.traces;
  }

  /** The same, as captured at the base; none where it was not. */
  get earlierTraces(): readonly Trace[] {
    return this.#source.earlierTraces;
  }

  get advice(): Advice {
    return this.#source.advice;
  }

  /** What production was seen to do with the tables and indexes of this state; null without a statistics file. */
  get activity(): Activity | null {
    return this.#source.activity;
  }

  /** The same of the base, which has what the change drops. */
  get activityBefore(): Activity | null {
    return this.#source.activityBefore;
  }

  get suppressions(): readonly SuppressionFacts[] {
    return this.#source.suppressions;
  }

  /** The same facts, with what came of the suppressions. */
  withSuppressions(suppressions: readonly SuppressionFacts[]): Facts {
    return new Facts({ ...this.#source, suppressions });
  }

  /** The same facts, had the change these migrations. */
  withMigrations(migrations: readonly MigrationObservation[], deploy: DeployEstimate): Facts {
    const { change } = this.#source;
    return new Facts({ ...this.#source, migrations, change: change === null ? null : { ...change, deploy } });
  }

  get sizing(): Sizing {
    return this.#source.sizing;
  }

  get executed(): readonly ExecutedFacts[] {
    return this.#source.executed;
  }

  get workMemory(): number {
    return this.#source.workMemory;
  }

  get hashMemory(): number {
    return this.#source.hashMemory;
  }

  table(name: string): TableFacts | null {
    return this.#source.tables.get(name) ?? null;
  }

  /** Bytes of a table's heap; of a partitioned one, which has none itself, those of its partitions. */
  bytesOf(name: string): number {
    const parts = [...this.#source.tables.values()].filter(({ reportAs }) => reportAs === name);
    return parts.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** The statement that made an object or last altered it, or null where it is as the base had it. */
  lastChangeOf(key: string): StatementFacts | null {
    const touches = ({ statement }: StatementFacts) =>
      statement.differences.some((difference) => keyOf(difference) === key);
    return this.statements.findLast(touches) ?? null;
  }

  /** How long a statement is expected to take at production. */
  estimate({ file, statement }: StatementFacts): StatementEstimate | null {
    const deploy = this.change?.deploy;
    return deploy === undefined ? null : estimateOf(deploy, file, statement);
  }

  /** The same as facts of an evidence. */
  secondsOf(each: StatementFacts): Range {
    return this.estimate(each)?.seconds ?? { low: 0, high: 0 };
  }

  /** The lock on a relation that is held while a statement runs, from its first statement to its last. */
  lockSpan({ file, statement }: StatementFacts, relation: string): LockSpan | null {
    const deploy = this.change?.deploy;
    return deploy === undefined ? null : spanOf(deploy, file, statement, relation);
  }

  /** The largest of some tables, which decides how long a statement takes. */
  largest(names: readonly string[]): TableFacts | null {
    const known = names.flatMap((name) => this.table(name) ?? []);
    return known.toSorted((a, b) => b.rows - a.rows)[0] ?? null;
  }

  /** Whether every table of a plan has a size that somebody stated. */
  hasKnownSizes({ measures }: PlanFacts): boolean {
    return measures.tables.every((name) => this.table(name)?.source !== 'assumed');
  }

  /** Severity of a value by a rule's thresholds, those of the configuration before its own. */
  severity(id: ThresholdId, value: number): Severity {
    return severityAt({ ...thresholds[id].levels, ...this.#source.overrides[id] }, value);
  }
}

/** Key of the object that a difference is about. */
export function keyOf(difference: SchemaDifference): string {
  return difference.kind === 'altered' ? difference.after.key : difference.object.key;
}
