import { estimateOf, spanOf } from '../estimates/deploy.ts';
import type { Advice } from '../model/advice.ts';
import type { DeployEstimate, LockSpan, Range, StatementEstimate } from '../model/estimate.ts';
import type { Severity } from '../model/insight.ts';
import type { MigrationObservation } from '../model/observation.ts';
import type { Query } from '../model/query.ts';
import type { SchemaDifference } from '../model/schema.ts';
import type { ServerVersion, Sizing } from '../model/server.ts';
import type { Trace } from '../model/trace.ts';
import type { Activity } from '../statistics/activity.ts';
import type {
  BrokenQueryFacts,
  ChangeFacts,
  FactsSource,
  PlanChangeFacts,
  PlanFacts,
  QueryChangeFacts,
  StatementFacts,
  TableFacts,
} from './facts-source.ts';
import type { ExecutedFacts } from './on-executed.ts';
import type { Refusals } from './refusals.ts';
import type { ResultFacts } from './result-facts.ts';
import type { SchemaFacts } from './schema-facts.ts';
import type { Sender, Senders } from './senders.ts';
import { severityAt } from './severity.ts';
import type { StepFacts } from './step-facts.ts';
import type { SuppressionFacts } from './suppression-facts.ts';
import { type ThresholdId, thresholds } from './thresholds.ts';

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

  /** Queries of both versions that one schema state runs and the other refuses. */
  get refusals(): Refusals {
    return this.#source.refusals;
  }

  /** The services that send a query, and in which version. */
  sendersOf({ fingerprint }: Pick<Query, 'fingerprint'>): readonly Sender[] {
    return this.#source.senders.get(fingerprint) ?? [];
  }

  get senders(): Senders {
    return this.#source.senders;
  }

  get results(): ResultFacts {
    return this.#source.results;
  }

  get steps(): readonly StepFacts[] {
    return this.#source.steps;
  }

  /** The statements of each request, test or session that was captured. */
  get traces(): readonly Trace[] {
    return this.#source.traces;
  }

  /** The statements of each migration that was captured. */
  get migrationTraces(): readonly Trace[] {
    return this.#source.migrationTraces;
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

  /** The same facts, had the change these migrations, with these steps. */
  withMigrations(
    migrations: readonly MigrationObservation[],
    deploy: DeployEstimate,
    steps: readonly StepFacts[],
  ): Facts {
    const { change } = this.#source;
    const altered = change === null ? null : { ...change, deploy };
    return new Facts({ ...this.#source, migrations, change: altered, steps });
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

  /** The table of that name, in whatever schema; null where there is none, or more than one. */
  tableCalled(name: string): TableFacts | null {
    const called = [...this.#source.tables].filter(([qualified]) => qualified.endsWith(`.${name}`));
    const [only, ...others] = called;
    return only === undefined || others.length > 0 ? null : only[1];
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
