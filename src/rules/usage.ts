import type { PlanRelation } from '../model/plan.ts';
import type { Query } from '../model/query.ts';
import { type NamedColumn, type References, referencesIn } from '../sql/references.ts';
import type { Facts } from './facts.ts';
import type { PlanFacts } from './facts-source.ts';
import { queryName } from './on-plan.ts';

/** A captured query that the base can run, with what it names. */
export interface Usage {
  readonly query: Query;
  readonly base: PlanFacts;
  readonly names: References;
}

/** What the version that is still running sends. */
export function usages(facts: Facts): readonly Usage[] {
  return [...facts.planChanges, ...facts.brokenQueries].map(({ query, base }) => usageOf(query, base));
}

/** A query with what it names, given its plan in a state that runs it. */
export function usageOf(query: Query, planned: PlanFacts): Usage {
  return { query, base: planned, names: namesIn(query) };
}

/** Several rules ask about each query. */
const read = new WeakMap<Query, References>();

function namesIn(query: Query): References {
  const known = read.get(query) ?? referencesIn(query.sql);
  read.set(query, known);
  return known;
}

/** Whether a query names a relation, by its qualified name. */
export function namesRelation({ names, base }: Usage, relation: string): boolean {
  return aliasesOf(names, base, relation).length > 0;
}

/** Whether a query names a column of a relation, alone or with all others. */
export function namesColumn(
  { names, base }: Usage,
  relation: string,
  column: string,
  among: readonly NamedColumn[] = names.columns,
): boolean {
  const aliases = aliasesOf(names, base, relation);
  return (
    aliases.length > 0 &&
    among.some(
      (each) =>
        (each.column === column || each.column === '*') &&
        (each.qualifier === null || aliases.includes(each.qualifier)),
    )
  );
}

/** Whether a query inserts into a relation. */
export function insertsInto(usage: Usage, relation: string): boolean {
  const { insert } = usage.names;
  return insert !== null && refersTo(insert.relation, usage.base, relation);
}

/** Whether a query changes rows of a relation. */
export function writes({ base }: Usage, relation: string): boolean {
  return base.measures.nodes.some(
    ({ node: { operation } }) => operation.kind === 'modify' && nameOf(operation.relation) === relation,
  );
}

function nameOf({ schema, name }: PlanRelation): string {
  return `${schema}.${name}`;
}

function aliasesOf(names: References, base: PlanFacts, relation: string): readonly string[] {
  return names.relations.filter((named) => refersTo(named, base, relation)).map(({ alias }) => alias);
}

/** A name without a schema means whatever search_path found, which the plan knows. */
function refersTo(
  named: { readonly schema: string | null; readonly name: string },
  { measures }: PlanFacts,
  relation: string,
): boolean {
  if (named.schema !== null) return `${named.schema}.${named.name}` === relation;
  if (!relation.endsWith(`.${named.name}`)) return false;
  const planned = measures.nodes.flatMap(({ node: { operation } }) =>
    'relation' in operation ? [nameOf(operation.relation)] : [],
  );
  const homonyms = planned.filter((each) => each.endsWith(`.${named.name}`));
  return homonyms.length === 0 || homonyms.includes(relation);
}

/** How many queries are listed by name. */
const named = 3;

/** Who uses something, as the end of a sentence: `2 captured queries use it: a, b`. */
export function usedBy(facts: Facts, using: readonly Usage[]): string {
  const { length: count } = using;
  if (usages(facts).length === 0) return 'there are no captured queries to tell who uses it';
  if (count === 0) return 'none of the captured queries uses it';
  return `${count === 1 ? 'a captured query uses' : `${count} captured queries use`} it: ${namesOf(using)}`;
}

/** Fingerprints of queries. */
export function queriesOf(using: readonly Pick<Usage, 'query'>[]): readonly string[] {
  return using.map(({ query }) => query.fingerprint);
}

/** Names of queries, the first of them where there are many. */
export function namesOf(using: readonly Usage[]): string {
  const names = using.slice(0, named).map(({ query }) => queryName(query));
  return names.join(', ') + (using.length > named ? ' ...' : '');
}
