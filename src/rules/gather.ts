import type { Levels } from '../config/config.ts';
import type { MigrationObservation } from '../model/observation.ts';
import type { Query } from '../model/query.ts';
import type { Schema } from '../model/schema.ts';
import type { ServerVersion } from '../model/server.ts';
import type { Examination } from '../plans/examine.ts';
import type { SizedTable } from '../statistics/tables.ts';
import { type BrokenQueryFacts, type ChangeFacts, Facts, type PlanChangeFacts } from './facts.ts';
import { SchemaFacts } from './schema-facts.ts';
import type { StepFacts } from './step-facts.ts';

/** One schema state, as it was examined on its twin. */
export interface ExaminedState {
  readonly schema: Schema;
  readonly examination: Examination;
  /** By qualified name. */
  readonly tables: ReadonlyMap<string, SizedTable>;
  /** Bytes that a sort may use (work_mem). */
  readonly workMemory: number;
  /** Bytes that a hash table may use (work_mem times hash_mem_multiplier). */
  readonly hashMemory: number;
}

export interface Examined {
  readonly server: ServerVersion;
  readonly change: ChangeFacts;
  readonly base: ExaminedState;
  readonly head: ExaminedState;
  readonly migrations: readonly MigrationObservation[];
  readonly queries: readonly Query[];
  readonly steps: readonly StepFacts[];
}

/** The facts of both schema states. What changed between them, and what the change was seen to do, is head's. */
export function gatherFacts(
  { server, change, base, head, migrations, queries, steps }: Examined,
  overrides: Readonly<Record<string, Levels>>,
): { readonly base: Facts; readonly head: Facts } {
  return {
    base: new Facts({
      server,
      schema: new SchemaFacts(base.schema),
      change: null,
      migrations: [],
      plans: [...base.examination.planned.values()],
      planChanges: [],
      brokenQueries: [],
      steps: [],
      tables: base.tables,
      workMemory: base.workMemory,
      hashMemory: base.hashMemory,
      overrides,
      suppressions: [],
    }),
    head: new Facts({
      server,
      schema: new SchemaFacts(head.schema),
      change,
      migrations,
      plans: [...head.examination.planned.values()],
      planChanges: planChanges(queries, base.examination, head.examination),
      brokenQueries: brokenQueries(queries, base.examination, head.examination),
      steps,
      // Observations name tables as they were called at base.
      tables: new Map([...base.tables, ...head.tables]),
      workMemory: head.workMemory,
      hashMemory: head.hashMemory,
      overrides,
      suppressions: [],
    }),
  };
}

function planChanges(
  queries: readonly Query[],
  base: Examination,
  head: Examination,
): readonly PlanChangeFacts[] {
  return queries.flatMap((query) => {
    const before = base.planned.get(query.fingerprint);
    const after = head.planned.get(query.fingerprint);
    return before === undefined || after === undefined ? [] : [{ query, base: before, head: after }];
  });
}

function brokenQueries(
  queries: readonly Query[],
  base: Examination,
  head: Examination,
): readonly BrokenQueryFacts[] {
  return queries.flatMap((query) => {
    const before = base.planned.get(query.fingerprint);
    const error = head.refused.get(query.fingerprint);
    return before === undefined || error === undefined ? [] : [{ query, base: before, error }];
  });
}
