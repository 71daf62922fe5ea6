import { columnReference, walk } from '../expression.ts';
import type { Node } from '../grammar.ts';
import type { Join } from './joins.ts';
import { keysOf, type Source, sourceOf } from './sources.ts';
import { conjuncts, isAggregate, operatorOf, type Select } from './tree.ts';

/** Aliases that are named outside of aggregates and of conditions that join them. */
export function keptAliases(query: Select, sources: readonly Source[]): ReadonlySet<string> | null {
  const kept = new Set<string>();
  const visit = (node: Node): boolean => {
    if (isAggregate(node)) return true;
    if ('SubLink' in node) return false;
    if ('ColumnRef' in node) {
      const parts = columnReference(node) ?? [];
      if (parts.at(-1) === '*') {
        if (parts.length !== 2) return false;
        kept.add(parts[0] ?? '');
        return true;
      }
      const source = sourceOf(node, sources);
      if (source === null) return isOutputName(parts, query);
      kept.add(source.alias);
      return true;
    }
    return childrenOf(node).every(visit);
  };
  const roots = [
    query.targetList,
    query.groupClause,
    query.havingClause,
    query.sortClause,
    query.whereClause,
  ];
  return roots.flatMap((root) => root ?? []).every(visit) ? kept : null;
}

function isOutputName(parts: readonly string[], { targetList }: Select): boolean {
  return (
    parts.length === 1 &&
    (targetList ?? []).some((item) => 'ResTarget' in item && item.ResTarget.name === parts[0])
  );
}

/** Nodes right below a node. */
function childrenOf(node: Node): readonly Node[] {
  const below: Node[] = [];
  const inside = new Set<Node>();
  for (const each of walk(node)) {
    if (each === node || inside.has(each)) continue;
    below.push(each);
    for (const deeper of walk(each)) inside.add(deeper);
  }
  return below;
}

/** Whether groups are the rows of the first table: by its key, and with at most one row of each other table that is kept. */
export function isGroupedByRow(
  groups: readonly Node[],
  joins: readonly Join[],
  kept: ReadonlySet<string>,
): boolean {
  const [first, ...others] = joins;
  if (first?.source.table == null || !kept.has(first.source.alias)) return false;
  const all = joins.map(({ source }) => source);
  const grouped = groups.flatMap((node) =>
    sourceOf(node, all) === first.source ? (columnReference(node)?.at(-1) ?? []) : [],
  );
  if (!keysOf(first.source.table).some((key) => key.every((name) => grouped.includes(name)))) return false;
  return others.filter(({ source }) => kept.has(source.alias)).every((join) => isToOne(join, all));
}

/** Whether a join finds one row at most: by a key of its table. */
function isToOne({ source, condition }: Join, sources: readonly Source[]): boolean {
  if (source.table === null) return false;
  const given = conjuncts(condition).flatMap((each) => {
    if (operatorOf(each) !== '=' || !('A_Expr' in each)) return [];
    const sides = [each.A_Expr.lexpr, each.A_Expr.rexpr].flatMap((side) => side ?? []);
    const own = sides.filter((side) => sourceOf(side, sources) === source);
    return own.length === 1 ? own.flatMap((side) => columnReference(side)?.at(-1) ?? []) : [];
  });
  return keysOf(source.table).some((key) => key.every((name) => given.includes(name)));
}

/** Whether the result holds the key of the first table, so that DISTINCT changes nothing. */
export function showsRow({ targetList }: Select, [first]: readonly Join[]): boolean {
  const alias = first?.source.alias;
  const table = first?.source.table;
  const shown = (targetList ?? []).flatMap((item) => {
    const parts =
      'ResTarget' in item && item.ResTarget.val !== undefined ? columnReference(item.ResTarget.val) : null;
    return parts?.length === 2 && parts[0] === alias ? (parts[1] ?? []) : [];
  });
  if (table == null) return false;
  return shown.includes('*') || keysOf(table).some((key) => key.every((name) => shown.includes(name)));
}
