import type { Node } from '../grammar.ts';
import type { SubqueryForm } from './fan-out-subqueries.ts';
import { freeAlias, type Join } from './joins.ts';
import { aliasesIn, type Source } from './sources.ts';
import {
  canonical,
  column,
  functionName,
  integer,
  isAggregate,
  type Select,
  substituted,
  target,
} from './tree.ts';

/** Tables that are joined to the row that is grouped by, and to each other, and what is computed of them. */
export interface Branch {
  readonly joins: readonly Join[];
  /** Alias of the subquery that takes their place. */
  readonly alias: string;
  /** Aggregates over them, by their canonical form. */
  readonly totals: Map<string, Total>;
}

interface Total {
  readonly name: string;
  readonly call: Node;
}

/** Tables that are not kept, each with those joined to it. Null where one is not joined to the left. */
export function branchesOf(
  joins: readonly Join[],
  kept: ReadonlySet<string>,
  sources: readonly Source[],
): readonly Branch[] | null {
  const branches: { joins: Join[]; alias: string; totals: Map<string, Total> }[] = [];
  for (const join of joins) {
    const { source, kind, condition } = join;
    const named = aliasesIn(condition ?? [], sources);
    if (named === null) return null;
    const tied = branches.filter((branch) => branch.joins.some((each) => named.has(each.source.alias)));
    if (kept.has(source.alias)) {
      if (tied.length > 0) return null;
      continue;
    }
    const [branch, ...more] = tied;
    if (kind !== 'left' || more.length > 0) return null;
    if (branch !== undefined) branch.joins.push(join);
    else {
      const taken = [...sources, ...branches];
      branches.push({ joins: [join], alias: freeAlias(`${source.alias}_totals`, taken), totals: new Map() });
    }
  }
  return branches;
}

export interface Moved {
  readonly targets: readonly Node[];
  readonly having: Node | undefined;
  readonly sort: readonly Node[] | undefined;
}

/** Columns of the subqueries in place of aggregates. Null where one is over several of them, or over none. */
export function moveAggregates(
  query: Select,
  branches: readonly Branch[],
  sources: readonly Source[],
  form: SubqueryForm,
): Moved | null {
  let isPossible = true;
  const move = (node: Node): Node | null => {
    if (!isAggregate(node)) return null;
    const aliases = [...(aliasesIn(node, sources) ?? [])];
    const [branch, ...more] = branches.filter(({ joins }) =>
      joins.some(({ source }) => aliases.includes(source.alias)),
    );
    const isOwn =
      branch !== undefined &&
      aliases.every((alias) => branch.joins.some(({ source }) => source.alias === alias));
    if (branch === undefined || more.length > 0 || !isOwn) {
      isPossible = false;
      return null;
    }
    const key = canonical(node);
    const total = branch.totals.get(key) ?? { name: totalName(branch, node), call: node };
    branch.totals.set(key, total);
    const value = column(branch.alias, total.name);
    // A count of nothing is 0, where a join to groups finds none.
    const isCount = form === 'grouped' && functionName(node) === 'count';
    return isCount ? { CoalesceExpr: { args: [value, integer(0)] } } : value;
  };
  const targets = (query.targetList ?? []).map((item) => {
    if (!('ResTarget' in item) || item.ResTarget.val === undefined) return item;
    const { name, val } = item.ResTarget;
    const value = substituted(val, move);
    // An aggregate without a name is called as its function is.
    const own = name ?? (isAggregate(val) ? (functionName(val) ?? undefined) : undefined);
    return target(value, own);
  });
  const having = query.havingClause === undefined ? undefined : substituted(query.havingClause, move);
  const sort = query.sortClause?.map((item) => substituted(item, move));
  return isPossible ? { targets, having, sort } : null;
}

function totalName({ totals }: Branch, node: Node): string {
  const wanted = functionName(node) ?? 'total';
  return freeAlias(
    wanted,
    [...totals.values()].map(({ name }) => ({ alias: name })),
  );
}
