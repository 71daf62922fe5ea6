import type { SeedForeignKey, SeedTable } from './tables.ts';

/** A foreign key, or a column that looks like one, and how the rows of its table come by its values. */
export interface Reference extends SeedForeignKey {
  /**
   * - `lookup`: the referenced rows are there before;
   * - `later`: NULL at first, and set when all tables have rows;
   * - `together`: both tables get their rows in one statement, which agree on the values.
   */
  readonly how: 'lookup' | 'later' | 'together';
  /** Whether the schema demands it. What only looks like a reference falls back to small numbers. */
  readonly demanded: boolean;
}

/** Tables that get their rows in one statement: one, or several that need each other. */
export interface Step {
  readonly tables: readonly { readonly table: SeedTable; readonly references: readonly Reference[] }[];
}

interface Edge {
  readonly from: SeedTable;
  readonly key: SeedForeignKey;
  readonly demanded: boolean;
  readonly nullable: boolean;
}

/**
 * Puts tables in an order in which each finds the rows that it refers to, in levels whose steps are independent of
 * each other. Cycles are broken where a key allows NULL.
 *
 * @param looksLike references that no foreign key demands
 */
export function seedingOrder(
  tables: readonly SeedTable[],
  looksLike: (table: SeedTable) => readonly SeedForeignKey[],
): readonly (readonly Step[])[] {
  const known = new Set(tables.map(({ oid }) => oid));
  const edges = tables.flatMap((table) => [
    ...table.foreignKeys.map((key) => edgeOf(table, key, true)),
    ...looksLike(table)
      .filter(({ references }) => references !== table.oid)
      .map((key) => edgeOf(table, key, false)),
  ]);
  const how = new Map<Edge, Reference['how']>();
  for (const edge of edges) if (!known.has(edge.key.references)) how.set(edge, 'lookup');
  for (const edge of edges) {
    if (edge.key.references === edge.from.oid) how.set(edge, edge.nullable ? 'later' : 'together');
  }
  const groups = new Map(tables.map((table) => [table.oid, new Set([table])]));
  const levels: Step[][] = [];
  const done = new Set<number>();
  const waitsFor = (table: SeedTable) =>
    edges.filter((edge) => edge.from === table && !how.has(edge) && !done.has(edge.key.references));
  const groupOf = (table: SeedTable) => groups.get(table.oid) ?? new Set([table]);
  const groupWaitsFor = (table: SeedTable) => [...groupOf(table)].flatMap(waitsFor);

  while (done.size < tables.length) {
    const remaining = tables.filter(({ oid }) => !done.has(oid));
    const ready = remaining.filter((table) => groupWaitsFor(table).length === 0);
    if (ready.length === 0) {
      breakCycle(findCycle(remaining, groupOf, groupWaitsFor), edges, how, groups);
      continue;
    }
    const steps = new Set(ready.map(groupOf));
    levels.push(
      [...steps].map((members) => ({
        tables: [...members].map((table) => ({ table, references: referencesOf(table, edges, how) })),
      })),
    );
    for (const { oid } of ready) done.add(oid);
  }
  return levels;
}

function edgeOf(from: SeedTable, key: SeedForeignKey, demanded: boolean): Edge {
  const columns = from.columns.filter(({ name }) => key.columns.includes(name));
  return { from, key, demanded, nullable: columns.some(({ notNull }) => !notNull) };
}

function referencesOf(
  table: SeedTable,
  edges: readonly Edge[],
  how: ReadonlyMap<Edge, Reference['how']>,
): readonly Reference[] {
  return edges
    .filter((edge) => edge.from === table)
    .map((edge) => ({ ...edge.key, how: how.get(edge) ?? 'lookup', demanded: edge.demanded }));
}

/** Every one of the tables waits for another one of them, so that whoever follows the edges comes round. */
function findCycle(
  remaining: readonly SeedTable[],
  groupOf: (table: SeedTable) => ReadonlySet<SeedTable>,
  waitsFor: (table: SeedTable) => readonly Edge[],
): readonly Edge[] {
  const byOid = new Map(remaining.map((table) => [table.oid, table]));
  const seen: ReadonlySet<SeedTable>[] = [];
  const path: Edge[] = [];
  for (let table = remaining[0]; table !== undefined; ) {
    const group = groupOf(table);
    if (seen.includes(group)) return path.slice(seen.indexOf(group));
    const [edge] = waitsFor(table);
    if (edge === undefined) break;
    seen.push(group);
    path.push(edge);
    table = byOid.get(edge.key.references);
  }
  throw new Error('of tables that all wait for each other one waits for none');
}

function breakCycle(
  cycle: readonly Edge[],
  edges: readonly Edge[],
  how: Map<Edge, Reference['how']>,
  groups: Map<number, Set<SeedTable>>,
): void {
  const weakest = cycle.find(({ demanded }) => !demanded) ?? cycle.find(({ nullable }) => nullable);
  if (weakest !== undefined) {
    how.set(weakest, weakest.demanded ? 'later' : 'lookup');
    return;
  }
  const members = new Set(cycle.flatMap(({ from }) => [...(groups.get(from.oid) ?? [from])]));
  for (const { oid } of members) groups.set(oid, members);
  const oids = new Set([...members].map(({ oid }) => oid));
  for (const edge of edges) {
    if (oids.has(edge.from.oid) && oids.has(edge.key.references)) {
      how.set(edge, edge.nullable ? 'later' : 'together');
    }
  }
}
