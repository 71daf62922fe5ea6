import type { Levels } from '../config/config.ts';
import type { Severity } from '../model/insight.ts';
import type { MigrationObservation, StatementObservation, TransactionMode } from '../model/observation.ts';
import type { Query } from '../model/query.ts';
import type { PostgresError } from '../model/server.ts';
import type { PlannedQuery } from '../plans/examine.ts';
import type { SizedTable } from '../statistics/tables.ts';
import { type ThresholdId, thresholds } from './thresholds.ts';

/** A statement of the change, with what it belongs to. */
export interface StatementFacts {
  readonly file: string;
  readonly transaction: TransactionMode;
  readonly statement: StatementObservation;
}

export type PlanFacts = PlannedQuery;

/** A query that both schema states can run. */
export interface PlanChangeFacts {
  readonly query: Query;
  readonly base: PlanFacts;
  readonly head: PlanFacts;
}

/** A query that the base can run and the head refuses. */
export interface BrokenQueryFacts {
  readonly query: Query;
  readonly base: PlanFacts;
  readonly error: PostgresError;
}

export type TableFacts = SizedTable;

/** Everything that was found out about one schema state and the way to it. */
export interface FactsSource {
  readonly migrations: readonly MigrationObservation[];
  readonly plans: readonly PlanFacts[];
  readonly planChanges: readonly PlanChangeFacts[];
  readonly brokenQueries: readonly BrokenQueryFacts[];
  /** By qualified name, those of the base under the names they had there. */
  readonly tables: ReadonlyMap<string, TableFacts>;
  /** Bytes that one sort or hash table may use before it goes to disk. */
  readonly workMemory: number;
  readonly hashMemory: number;
  readonly overrides: Readonly<Record<string, Levels>>;
}

/** What rules are asked with: plain facts, and the questions that several of them ask. */
export class Facts {
  readonly #source: FactsSource;

  constructor(source: FactsSource) {
    this.#source = source;
  }

  get statements(): readonly StatementFacts[] {
    return this.#source.migrations.flatMap(({ file, transaction, statements }) =>
      statements.map((statement) => ({ file, transaction, statement })),
    );
  }

  get plans(): readonly PlanFacts[] {
    return this.#source.plans;
  }

  get planChanges(): readonly PlanChangeFacts[] {
    return this.#source.planChanges;
  }

  get brokenQueries(): readonly BrokenQueryFacts[] {
    return this.#source.brokenQueries;
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

  /** The largest of some tables, which decides how long a statement takes. */
  largest(names: readonly string[]): TableFacts | null {
    const known = names.flatMap((name) => this.table(name) ?? []);
    return known.toSorted((a, b) => b.rows - a.rows)[0] ?? null;
  }

  /** Whether every table of a plan has a size that somebody stated. */
  hasKnownSizes({ measures }: PlanFacts): boolean {
    return measures.tables.every((name) => this.table(name)?.source === 'declared');
  }

  /** Severity of a value by a rule's thresholds, those of the configuration before its own. */
  severity(id: ThresholdId, value: number): Severity {
    return severityAt({ ...thresholds[id].levels, ...this.#source.overrides[id] }, value);
  }
}

const worstFirst = ['critical', 'high', 'medium', 'low'] as const;

function severityAt(levels: Levels, value: number): Severity {
  return worstFirst.find((severity) => value >= (levels[severity] ?? Number.POSITIVE_INFINITY)) ?? 'healthy';
}

const order: readonly Severity[] = ['healthy', 'low', 'medium', 'high', 'critical'];

/** Negative where the first is the milder. */
export function compareSeverity(a: Severity, b: Severity): number {
  return order.indexOf(a) - order.indexOf(b);
}

/** The milder of two severities. */
export function milder(a: Severity, b: Severity): Severity {
  return compareSeverity(a, b) <= 0 ? a : b;
}

/** One step up, for what makes a finding worse than its figure; healthy stays healthy. */
export function worse(severity: Severity): Severity {
  return severity === 'healthy' ? 'healthy' : (order[order.indexOf(severity) + 1] ?? 'critical');
}
