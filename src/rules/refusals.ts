import type { Query } from '../model/query.ts';
import type { PostgresError } from '../model/server.ts';
import type { Examination, PlannedQuery } from '../plans/examine.ts';

/** A query that one schema state runs and the other refuses. */
export interface Refusal {
  readonly query: Query;
  /** In the state that runs it. */
  readonly planned: PlannedQuery;
  readonly error: PostgresError;
  /** Those that are refused, where it is only them; null where the query itself is. */
  readonly values: readonly unknown[] | null;
}

/** What the two schema states refuse of what the other one runs. */
export interface Refusals {
  /** Of what the base runs: the running version meets the new schema. */
  readonly atHead: readonly Refusal[];
  /** Of what head runs: the new version meets the earlier schema, while the change has not run there. */
  readonly atBase: readonly Refusal[];
}

/** Compares what the states made of the queries of both versions. */
export function refusalsOf(queries: readonly Query[], base: Examination, head: Examination): Refusals {
  return { atHead: refusedBy(head, base, queries), atBase: refusedBy(base, head, queries) };
}

function refusedBy(state: Examination, other: Examination, queries: readonly Query[]): readonly Refusal[] {
  return queries.flatMap((query): readonly Refusal[] => {
    const planned = other.planned.get(query.fingerprint);
    if (planned === undefined) return [];
    const error = state.refused.get(query.fingerprint);
    if (error !== undefined) return [{ query, planned, error, values: null }];
    // What both refuse was captured in a way that is no input.
    const [unfitting] = (state.refusedValues.get(query.fingerprint) ?? []).filter(({ values }) =>
      isPlannedWith(planned, values),
    );
    return unfitting === undefined ? [] : [{ query, planned, ...unfitting }];
  });
}

function isPlannedWith({ variants }: PlannedQuery, values: readonly unknown[]): boolean {
  const key = JSON.stringify(values);
  return variants.some(
    ({ parameters, filled }) =>
      parameters === 'captured values' && JSON.stringify(filled.map(({ value }) => value)) === key,
  );
}
