import { columnReference, walk } from '../expression.ts';
import type { Node } from '../grammar.ts';
import { freeAlias, joined } from './joins.ts';
import { answersOfPlans, equal, type Rewriter } from './rewriting.ts';
import { aliasesIn, keysOf, type Source, sourcesOf, type Tables, tableColumn } from './sources.ts';
import {
  and,
  column,
  compare,
  conjuncts,
  functionName,
  integer,
  isAggregate,
  isPlain,
  operatorOf,
  type Select,
  select,
  selectIn,
  target,
} from './tree.ts';

/** What takes the place of a subquery: an item that is joined, and the value that is read from it. */
interface Joined {
  readonly item: Node;
  readonly condition: Node;
  readonly value: Node;
  /** Name of the column, where it had none of its own. */
  readonly name: string;
  readonly source: Pick<Source, 'alias'>;
}

/**
 * Subqueries of the select list that are run once for each row, as joins: with a table whose key they look up, or
 * with one row for each value, computed for all at once.
 */
export const correlatedToJoin: Rewriter = (query, tables) => {
  const outer = sourcesOf(query, tables);
  const besides = ['sortClause', 'limitCount', 'limitOffset', 'withClause'] as const;
  if (outer === null || query.fromClause?.length !== 1 || !isPlain({ ...query, targetList: [] }, besides))
    return [];
  const taken: Pick<Source, 'alias'>[] = [...outer];
  const joins: Joined[] = [];
  const targetList = (query.targetList ?? []).map((item) => {
    const value = 'ResTarget' in item ? item.ResTarget.val : undefined;
    const form = value === undefined || !('ResTarget' in item) ? null : joinFor(value, outer, taken, tables);
    if (form === null || !('ResTarget' in item)) return item;
    joins.push(form);
    taken.push(form.source);
    return target(form.value, item.ResTarget.name ?? form.name);
  });
  if (joins.length === 0) return [];
  const fromClause = joins.reduce<Node[]>(
    (items, { item, condition }) =>
      items.map((left, index) => (index === items.length - 1 ? joined(left, 'left', item, condition) : left)),
    query.fromClause,
  );
  return [
    {
      title: 'Join once instead of asking for every row',
      select: { ...query, targetList, fromClause },
      answers: ['query/correlated-subquery', ...answersOfPlans],
      nature: equal,
    },
  ];
};

function joinFor(
  value: Node,
  outer: readonly Source[],
  taken: readonly Pick<Source, 'alias'>[],
  tables: Tables,
): Joined | null {
  const inner =
    'SubLink' in value && value.SubLink.subLinkType === 'EXPR_SUBLINK'
      ? selectIn(value.SubLink.subselect)
      : null;
  const sources = inner === null ? null : sourcesOf(inner, tables);
  const [only, ...more] = inner?.targetList ?? [];
  const result = only !== undefined && 'ResTarget' in only ? only.ResTarget.val : undefined;
  if (inner === null || sources === null || result === undefined || more.length > 0) return null;
  if (sources.length === 0 || sources.some(({ alias }) => taken.some((each) => each.alias === alias)))
    return null;
  if (!isPlain({ ...inner, targetList: [] })) return null;
  const parts = partsOf(inner, outer, sources);
  const [correlation, ...others] = parts?.correlations ?? [];
  if (parts === null || correlation === undefined) return null;
  if (isAggregate(result))
    return aggregated(inner, result, [correlation, ...others], parts.own, sources, taken);
  return lookedUp(result, [correlation, ...others], parts.own, sources);
}

/** `inner.column = outer.column`. */
interface Correlation {
  readonly inner: Node;
  readonly outer: Node;
}

/** Conditions of a subquery: those about its own tables, and those that tie it to the row outside. */
function partsOf(
  { whereClause }: Select,
  outer: readonly Source[],
  inner: readonly Source[],
): { readonly own: readonly Node[]; readonly correlations: readonly Correlation[] } | null {
  const own: Node[] = [];
  const correlations: Correlation[] = [];
  for (const condition of conjuncts(whereClause)) {
    if (aliasesIn(condition, inner) !== null) {
      own.push(condition);
      continue;
    }
    if (operatorOf(condition) !== '=' || !('A_Expr' in condition)) return null;
    const { lexpr, rexpr } = condition.A_Expr;
    if (lexpr === undefined || rexpr === undefined) return null;
    const pair = [
      [lexpr, rexpr],
      [rexpr, lexpr],
    ].find(
      ([one, other]) => one !== undefined && tableColumn(one, inner) !== null && isOuter(other, outer, inner),
    );
    const [one, other] = pair ?? [];
    if (one === undefined || other === undefined) return null;
    correlations.push({ inner: one, outer: qualified(other, outer) });
  }
  return { own, correlations };
}

function isOuter(node: Node | undefined, outer: readonly Source[], inner: readonly Source[]): boolean {
  return node !== undefined && tableColumn(node, inner) === null && tableColumn(node, outer) !== null;
}

function qualified(node: Node, sources: readonly Source[]): Node {
  const found = tableColumn(node, sources);
  return found === null ? node : column(found.source.alias, found.column.name);
}

/** One row for each value of the columns that tie the subquery to the row outside. */
function aggregated(
  inner: Select,
  result: Node,
  correlations: readonly Correlation[],
  own: readonly Node[],
  sources: readonly Source[],
  taken: readonly Pick<Source, 'alias'>[],
): Joined | null {
  if (aliasesIn(result, sources) === null) return null;
  const alias = freeAlias(`${sources[0]?.alias ?? 'rows'}_by_key`, taken);
  const name = functionName(result) ?? 'value';
  const keys = correlations.map((_, index) => (correlations.length === 1 ? 'key' : `key_${index + 1}`));
  const whereClause = and(own);
  const subquery = select({
    targetList: [
      ...correlations.map(({ inner: key }, index) => target(key, keys[index])),
      target(result, 'value'),
    ],
    ...(inner.fromClause === undefined ? {} : { fromClause: inner.fromClause }),
    ...(whereClause === undefined ? {} : { whereClause }),
    groupClause: correlations.map(({ inner: key }) => key),
  });
  const condition = and(
    correlations.map(({ outer }, index) => compare(column(alias, keys[index] ?? 'key'), '=', outer)),
  );
  const value = column(alias, 'value');
  if (condition === undefined) return null;
  return {
    item: { RangeSubselect: { subquery: { SelectStmt: subquery }, alias: { aliasname: alias } } },
    condition,
    // A count of nothing is 0, where the join finds no row.
    value: name === 'count' ? { CoalesceExpr: { args: [value, integer(0)] } } : value,
    name,
    source: { alias },
  };
}

/** The row of a table whose key the subquery gives. */
function lookedUp(
  result: Node,
  correlations: readonly Correlation[],
  own: readonly Node[],
  sources: readonly Source[],
): Joined | null {
  const [source, ...more] = sources;
  const found = tableColumn(result, sources);
  if (source?.table == null || more.length > 0 || found === null) return null;
  const given = correlations.flatMap(({ inner }) => tableColumn(inner, sources)?.column.name ?? []);
  if (!keysOf(source.table).some((key) => key.every((name) => given.includes(name)))) return null;
  const ties = correlations.map(({ inner, outer }) => compare(qualified(inner, sources), '=', outer));
  // Names within the subquery may be those of columns outside.
  if (own.some((condition) => !isQualified(condition, sources))) return null;
  const condition = and([...ties, ...own]);
  if (condition === undefined) return null;
  return {
    item: source.node,
    condition,
    value: column(source.alias, found.column.name),
    name: found.column.name,
    source,
  };
}

function isQualified(condition: Node, sources: readonly Source[]): boolean {
  const names = [...walk(condition)].flatMap((node) => columnReference(node)?.length ?? []);
  return names.every((length) => length > 1) && aliasesIn(condition, sources) !== null;
}
