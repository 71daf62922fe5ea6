import type { Lock } from '../model/observation.ts';
import type { Measures, PlanNode, Planning } from '../model/plan.ts';
import type { Query } from '../model/query.ts';
import type { PostgresError, Session } from '../model/server.ts';
import { type QueryShape, shapeOf } from '../sql/shape.ts';
import { inBatches, type LocksToo } from './explain.ts';
import { locksOfForeignKeys, type Reference, readReferences } from './foreign-keys.ts';
import { namedLocks, strongestLocks } from './locks.ts';
import { type MeasuredTables, measure } from './measure.ts';
import { worstOf } from './parameters/judge.ts';
import { planVariants, type VariantPlanning } from './parameters/plan.ts';
import type { ValuedTables, Variant } from './parameters/variants.ts';
import { type FetchedRows, probeIndexScans } from './probe.ts';

/** The plan of a query with some values of its parameters, in one schema state. */
export interface PlannedVariant extends Variant {
  /** Functions that the sandbox would compile just in time; null where it would not, or cannot. */
  readonly jitFunctions: number | null;
  readonly plan: PlanNode;
  readonly measures: Measures;
  /** Locks on tables and views that it takes, the strongest on each; empty where they were not asked for. */
  readonly locks: readonly Lock[];
}

/** A query with its plans in one schema state: it is judged by one of its variants, whose facts are its own. */
export interface PlannedQuery extends PlannedVariant {
  readonly query: Query;
  readonly shape: QueryShape;
  /** All that it was planned with. */
  readonly variants: readonly PlannedVariant[];
}

/** Values that PostgreSQL does not take for a query's parameters, such as those of an enum without that label. */
interface RefusedValues {
  readonly values: readonly unknown[];
  readonly error: PostgresError;
}

/** What came of planning the workload in one schema state, by fingerprint. */
export interface Examination {
  readonly planned: ReadonlyMap<string, PlannedQuery>;
  readonly refused: ReadonlyMap<string, PostgresError>;
  /** Captured values that a query is refused with, although it can be planned with others. */
  readonly refusedValues: ReadonlyMap<string, readonly RefusedValues[]>;
  /** Queries whose planning did not come to an end. */
  readonly stopped: ReadonlyMap<string, number>;
}

/** Plans every query with all its values, and measures the plans. */
export async function examine(
  session: Session,
  queries: readonly Query[],
  tables: MeasuredTables & ValuedTables,
  withLocks: LocksToo = 'without locks',
): Promise<Examination> {
  const plannings = await inBatches(queries, (query) => planVariants(session, query, tables, withLocks));
  const made = plannings.flat().flatMap(({ planning }) => (planning.kind === 'planned' ? [planning] : []));
  const [locks, references, fetched] = await Promise.all([
    namedLocks(
      session,
      made.map((planning) => planning.locks),
    ),
    withLocks === 'with locks' ? readReferences(session) : [],
    probeIndexScans(
      session,
      made.map(({ plan }) => plan),
    ),
  ]);
  const lockedBy = new Map(made.map((planning, index) => [planning, locks[index] ?? []]));
  const planned = new Map<string, PlannedQuery>();
  const refused = new Map<string, PostgresError>();
  const refusedValues = new Map<string, readonly RefusedValues[]>();
  const stopped = new Map<string, number>();
  for (const [index, query] of queries.entries()) {
    const { fingerprint } = query;
    const shape = shapeOf(query.sql);
    const all = plannings[index] ?? [];
    const variants = all.flatMap((each) => toPlanned(each, shape, { tables, fetched, lockedBy, references }));
    const judged = worstOf(variants);
    if (judged !== undefined) planned.set(fingerprint, { query, shape, variants, ...judged });
    for (const { planning } of all) {
      if (planning.kind === 'stopped') stopped.set(fingerprint, planning.limitMs);
    }
    const unfitting = judged === undefined ? [] : all.flatMap(toRefusedValues);
    if (unfitting.length > 0) refusedValues.set(fingerprint, unfitting);
    // What is tried first is what the reason is told of.
    const [first] = all;
    if (judged === undefined && first?.planning.kind === 'refused') {
      refused.set(fingerprint, first.planning.error);
    }
  }
  return { planned, refused, refusedValues, stopped };
}

function toRefusedValues({ variant, planning }: VariantPlanning): readonly RefusedValues[] {
  const isCaptured = variant.parameters === 'captured values' && variant.values !== null;
  if (!isCaptured || planning.kind !== 'refused') return [];
  return [{ values: variant.filled.map(({ value }) => value), error: planning.error }];
}

/** What measuring goes by. */
interface Measuring {
  readonly tables: MeasuredTables;
  readonly fetched: FetchedRows;
  readonly lockedBy: ReadonlyMap<Planning, readonly Lock[]>;
  readonly references: readonly Reference[];
}

/** None where PostgreSQL refuses these values. */
function toPlanned(
  { variant, planning }: VariantPlanning,
  shape: QueryShape,
  { tables, fetched, lockedBy, references }: Measuring,
): readonly PlannedVariant[] {
  if (planning.kind !== 'planned') return [];
  const { plan, jitFunctions } = planning;
  return [
    {
      ...variant,
      plan,
      jitFunctions,
      measures: measure(plan, shape.columns, tables, fetched),
      locks: strongestLocks([...(lockedBy.get(planning) ?? []), ...locksOfForeignKeys(plan, references)]),
    },
  ];
}
