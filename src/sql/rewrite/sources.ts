import { qualifiedName, type Table } from '../../model/catalogue.ts';
import { columnReference, walk } from '../expression.ts';
import type { Node } from '../grammar.ts';
import type { Select } from './tree.ts';

/** The tables that a query may name. */
export type Tables = (schema: string | null, name: string) => Table | null;

/** Tables by their names; a name without a schema is that of one in `public`, or of the only one called so. */
export function tablesByName(tables: readonly Table[]): Tables {
  const qualified = new Map(tables.map((table) => [qualifiedName(table), table]));
  const plain = Map.groupBy(tables, ({ name }) => name);
  return (schema, name) => {
    if (schema !== null) return qualified.get(`${schema}.${name}`) ?? null;
    const called = plain.get(name) ?? [];
    return qualified.get(`public.${name}`) ?? (called.length === 1 ? (called[0] ?? null) : null);
  };
}

/** An item of FROM that is no join. */
export interface Source {
  /** The name that its columns are qualified with. */
  readonly alias: string;
  readonly node: Node;
  /** Null for a subquery, a function, a common table expression, a view. */
  readonly table: Table | null;
  /** Whether an outer join may fill it with NULLs. */
  readonly isOptional: boolean;
}

/** The items of FROM in their order; null where one is no table and no subquery, or has no name. */
export function sourcesOf(query: Select, tables: Tables): readonly Source[] | null {
  const derived = new Set(
    (query.withClause?.ctes ?? []).flatMap((cte) =>
      'CommonTableExpr' in cte ? [cte.CommonTableExpr.ctename ?? ''] : [],
    ),
  );
  const found = (query.fromClause ?? []).map((item) => sourcesIn(item, false, derived, tables));
  return found.includes(null) ? null : found.flatMap((each) => each ?? []);
}

function sourcesIn(
  item: Node,
  isOptional: boolean,
  derived: ReadonlySet<string>,
  tables: Tables,
): readonly Source[] | null {
  if ('RangeVar' in item) {
    const { schemaname, relname = '', alias } = item.RangeVar;
    // Other names for columns would have to be followed.
    if (alias?.colnames !== undefined) return null;
    const isTable = schemaname !== undefined || !derived.has(relname);
    const table = isTable ? tables(schemaname ?? null, relname) : null;
    return [{ alias: alias?.aliasname ?? relname, node: item, table, isOptional }];
  }
  if ('RangeSubselect' in item) {
    const alias = item.RangeSubselect.alias?.aliasname;
    return alias === undefined ? null : [{ alias, node: item, table: null, isOptional }];
  }
  if (!('JoinExpr' in item) || item.JoinExpr.larg === undefined || item.JoinExpr.rarg === undefined)
    return null;
  const { jointype, larg, rarg, alias } = item.JoinExpr;
  if (alias !== undefined) return null;
  const left = sourcesIn(
    larg,
    isOptional || jointype === 'JOIN_RIGHT' || jointype === 'JOIN_FULL',
    derived,
    tables,
  );
  const right = sourcesIn(
    rarg,
    isOptional || jointype === 'JOIN_LEFT' || jointype === 'JOIN_FULL',
    derived,
    tables,
  );
  return left === null || right === null ? null : [...left, ...right];
}

/** The source that a column is of; null where it is of none of them, or may be of several. */
export function sourceOf(node: Node, sources: readonly Source[]): Source | null {
  const parts = columnReference(node);
  if (parts === null || parts.length === 0 || parts.length > 2) return null;
  if (parts.length === 2) return sources.find(({ alias }) => alias === parts[0]) ?? null;
  const having = sources.filter(({ table }) => table?.columns.some(({ name }) => name === parts[0]));
  return having.length === 1 && sources.every(({ table }) => table !== null) ? (having[0] ?? null) : null;
}

/** A column of a table that a node names. */
export function tableColumn(node: Node, sources: readonly Source[]) {
  const source = sourceOf(node, sources);
  const name = columnReference(node)?.at(-1);
  const found = source?.table?.columns.find((each) => each.name === name);
  return source === null || found === undefined ? null : { source, column: found };
}

/**
 * Aliases of the sources whose columns an expression names. Null where a name cannot be told to be of one of them,
 * such as that of an outer query.
 */
export function aliasesIn(tree: unknown, sources: readonly Source[]): ReadonlySet<string> | null {
  const aliases = new Set<string>();
  for (const node of walk(tree)) {
    if ('SubLink' in node) return null;
    if (!('ColumnRef' in node)) continue;
    const source = sourceOf(node, sources);
    if (source === null) return null;
    aliases.add(source.alias);
  }
  return aliases;
}

/** Sets of columns in which no two rows of a table are the same and none is NULL; the primary key first. */
export function keysOf(table: Table): readonly (readonly string[])[] {
  const required = new Set(table.columns.filter(({ notNull }) => notNull).map(({ name }) => name));
  return table.indexes
    .filter(({ unique, valid, predicate }) => unique && valid && predicate === null)
    .toSorted((a, b) => Number(b.primary) - Number(a.primary))
    .map(({ keys }) => keys.map(({ column }) => column ?? ''))
    .filter((columns) => columns.every((name) => required.has(name)));
}
