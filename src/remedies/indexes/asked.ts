import type { Asked } from './choose.ts';
import { type IndexDefinition, identityOf } from './definition.ts';
import type { Demand } from './demand.ts';
import type { Candidate } from './what-if.ts';
import type { AdvisedQuery } from './workload.ts';

/** A query with what it wants of its relations. */
interface Demanding {
  readonly query: AdvisedQuery;
  readonly demands: readonly Demand[];
}

/** A candidate with what it is looked up by, which takes a while to write. */
interface Listed {
  readonly candidate: Candidate;
  /** Among all candidates. */
  readonly place: number;
  readonly identity: string;
  /** Table and first key of a B-tree, or null. */
  readonly first: string | null;
}

export function listedByTable(candidates: readonly Candidate[]): ReadonlyMap<string, readonly Listed[]> {
  const listed = candidates.map((candidate, place): Listed => {
    const { definition } = candidate;
    const first = definition.method === 'btree' ? `${definition.table} ${definition.keys[0]?.text}` : null;
    return { candidate, place, identity: identityOf(definition), first };
  });
  return Map.groupBy(listed, ({ candidate }) => candidate.definition.table);
}

/** A query's own candidates, and those of others that begin with what it compares or sorts by. */
export function askedOf(
  { query, demands }: Demanding,
  definitions: readonly IndexDefinition[],
  listed: ReadonlyMap<string, readonly Listed[]>,
): Asked {
  const own = new Set(definitions.map(identityOf));
  const firsts = new Set(
    demands.flatMap(({ table, equal, joined, ranges, orders }) =>
      [...equal, ...joined.flat(), ...ranges, ...orders.flatMap((order) => order.slice(0, 1))].map(
        ({ text }) => `${table.name} ${text}`,
      ),
    ),
  );
  const tables = new Set([
    ...definitions.map(({ table }) => table),
    ...demands.map(({ table }) => table.name),
  ]);
  const seen = [...tables]
    .flatMap((table) => listed.get(table) ?? [])
    .filter(({ identity, first }) => own.has(identity) || (first !== null && firsts.has(first)));
  return { query, candidates: seen.toSorted((a, b) => a.place - b.place).map(({ candidate }) => candidate) };
}
