import type { QueryBlock } from '../sql/blocks.ts';
import { unqualified } from '../sql/identifier.ts';
import type { Source } from '../sql/sources.ts';
import type { Facts } from './facts.ts';
import type { PlanFacts, TableFacts } from './facts-source.ts';
import { type JoinedSource, joinTree, multiplyingJoins, resolve } from './fan-out.ts';

/** The table that a source names. A name without a schema means what search_path found, which the plan knows. */
export function tableOf(
  facts: Facts,
  { measures }: PlanFacts,
  { relation }: Pick<Source, 'relation'>,
): TableFacts | null {
  if (relation === null) return null;
  if (relation.schema !== null) return facts.table(`${relation.schema}.${relation.name}`);
  const isNamed = (name: string) => name.endsWith(`.${relation.name}`);
  // A join that returns what it was given is not planned: then the schema has to tell.
  const named = measures.tables.find(isNamed) ?? facts.schema.tables.find(({ name }) => isNamed(name))?.name;
  return named === undefined ? null : facts.table(named);
}

/** The join tree of a block, from what it groups by, else from the first source of FROM. */
export function joinTreeOf(facts: Facts, plan: PlanFacts, block: QueryBlock): readonly JoinedSource[] {
  if (block.natural) return [];
  const find = (source: Source) => tableOf(facts, plan, source);
  const nodes = block.sources.map((source) => ({ source, table: find(source) }));
  const grouped = new Set(
    (block.grouping ?? []).flatMap((column) => resolve(column, nodes)?.qualifier ?? []),
  );
  const trees = [...grouped].map((root) => joinTree(block, find, root));
  // What is grouped by several sources is counted from the one that the others only describe.
  const described = trees.find((tree) =>
    tree.every(({ source, toMany }) => !toMany || !grouped.has(source.alias)),
  );
  return described ?? trees[0] ?? joinTree(block, find);
}

/** The joins of a query that multiply each other, of the block that has most of them. */
export function multiplying(
  facts: Facts,
  plan: PlanFacts,
  blocks: readonly QueryBlock[],
): readonly JoinedSource[] {
  return blocks
    .map((block) => multiplyingJoins(joinTreeOf(facts, plan, block)))
    .reduce<readonly JoinedSource[]>((most, each) => (each.length > most.length ? each : most), []);
}

/** Joins in words: `posts, photos and likes`. A table that is joined twice goes by its aliases. */
export function namesOfSources(joins: readonly JoinedSource[]): string {
  const tables = joins.map(({ source, table }) => (table === null ? source.alias : unqualified(table.name)));
  const names = joins.map(({ source }, index) => {
    const name = tables[index] ?? source.alias;
    return tables.filter((each) => each === name).length > 1 ? source.alias : name;
  });
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
