import { columnReference, walk } from '../expression.ts';
import type { Node } from '../grammar.ts';
import { fromOf, type Join, joinsOf } from './joins.ts';
import { aliasesIn, type Source, sourceOf, sourcesOf, type Tables } from './sources.ts';
import {
  and,
  column,
  compare,
  conjuncts,
  exists,
  isPlain,
  operatorOf,
  type Select,
  select,
  target,
} from './tree.ts';
import { write } from './write.ts';

/** The query of one collection, for all rows that it belongs to. */
export interface CollectionQuery {
  /** Name of its first table. */
  readonly name: string;
  /** Its rows by the key of the row that they belong to. */
  readonly sql: string;
  /** Highest `$n` of the text, which is an array of keys; null where the query itself tells the only key. */
  readonly keys: number | null;
  /** Type of the key, as PostgreSQL names it: `int8`. */
  readonly typeName: string;
}

/** A query that joins several collections, as queries that load each by itself. */
export interface Apart {
  /** What remains joined: the rows that the collections belong to. */
  readonly parents: string;
  readonly collections: readonly CollectionQuery[];
}

/** Sources that are joined to each other, and what of the query is about them. */
interface Branch {
  readonly joins: Join[];
  readonly conditions: Node[];
  /** Whether rows that have none of it are left out of the result. */
  isRequired: boolean;
}

/** How a collection hangs on the rows that it belongs to. */
interface Link {
  readonly own: Node;
  readonly parent: Node;
  readonly typeName: string;
}

/**
 * Takes collections out of a query, each with what is joined to it. Null where that cannot be done condition by condition.
 *
 * @param heads aliases of the sources that are joined to many, the topmost of each collection
 */
export function collectionsApart(query: Select, tables: Tables, heads: readonly string[]): Apart | null {
  if (!isPlain(query, ['sortClause', 'limitCount', 'limitOffset'])) return null;
  const sources = sourcesOf(query, tables);
  const joins = sources === null ? null : joinsOf(query.fromClause ?? [], sources);
  if (sources === null || joins === null) return null;
  const parts = partsOf(query, joins, sources, heads);
  if (parts === null) return null;
  const { kept, branches } = parts;
  const linked = branches.map((branch) => ({ branch, link: linkOf(branch, kept, sources) }));
  const collections = linked.map(({ branch, link }) =>
    link === null ? null : collectionOf(query, branch, link, kept, sources),
  );
  const parents = write({ SelectStmt: parentsOf(query, kept, branches, sources) });
  const known = collections.flatMap((each) => each ?? []);
  return parents === null || known.length < collections.length ? null : { parents, collections: known };
}

function partsOf(
  query: Select,
  joins: readonly Join[],
  sources: readonly Source[],
  heads: readonly string[],
): { readonly kept: Branch; readonly branches: readonly Branch[] } | null {
  const kept: Branch = { joins: [], conditions: [], isRequired: true };
  const branches: Branch[] = [];
  for (const join of joins) {
    const named = aliasesIn(join.condition ?? [], sources);
    if (named === null) return null;
    const tied = branches.filter((branch) => isIn(branch, named));
    if (tied.length > 1) return null;
    const [branch] = tied;
    if (branch !== undefined) branch.joins.push(join);
    else if (heads.includes(join.source.alias) && join.kind !== 'from')
      branches.push({ joins: [join], conditions: [], isRequired: join.kind === 'inner' });
    else kept.joins.push(join);
  }
  for (const condition of conjuncts(query.whereClause)) {
    const named = aliasesIn(condition, sources);
    const about = named === null ? [] : [kept, ...branches].filter((branch) => isIn(branch, named));
    if (named === null || about.length > 1) return null;
    const [part = kept] = about;
    part.conditions.push(condition);
    // A condition on what an outer join filled with NULLs leaves such rows out.
    part.isRequired = true;
  }
  return branches.length < 2 ? null : { kept, branches };
}

function isIn({ joins }: Branch, aliases: ReadonlySet<string>): boolean {
  return joins.some(({ source }) => aliases.has(source.alias));
}

/** The one equality by which the first source of a branch is joined to what is kept. */
function linkOf({ joins }: Branch, kept: Branch, sources: readonly Source[]): Link | null {
  const links = conjuncts(joins[0]?.condition).flatMap((condition) => {
    const aliases = aliasesIn(condition, sources) ?? new Set();
    return isIn(kept, aliases) ? [condition] : [];
  });
  const [link, ...others] = links;
  if (link === undefined || others.length > 0 || operatorOf(link) !== '=' || !('A_Expr' in link)) return null;
  const { lexpr, rexpr } = link.A_Expr;
  if (lexpr === undefined || rexpr === undefined) return null;
  const first = joins[0]?.source;
  const own = [lexpr, rexpr].find((side) => sourceOf(side, sources) === first);
  const parent = own === lexpr ? rexpr : lexpr;
  const name = own === undefined ? undefined : columnReference(own)?.at(-1);
  const type = first?.table?.columns.find((each) => each.name === name)?.typeName;
  if (own === undefined || type === undefined || !('ColumnRef' in parent)) return null;
  return { own, parent, typeName: type };
}

function parentsOf(
  query: Select,
  kept: Branch,
  branches: readonly Branch[],
  sources: readonly Source[],
): Select {
  const required = branches
    .filter(({ isRequired }) => isRequired)
    .map(({ joins, conditions }) => {
      const [first, ...others] = joins;
      const from = first === undefined ? [] : fromOf([{ ...first, kind: 'from' }, ...others]);
      const where = and([...conjuncts(first?.condition), ...conditions]);
      return exists(select({ fromClause: from, ...(where === undefined ? {} : { whereClause: where }) }));
    });
  const where = and([...kept.conditions, ...required]);
  const sort = (query.sortClause ?? []).filter((item) => isAbout(item, kept, sources));
  const { limitCount, limitOffset, limitOption } = query;
  return select({
    targetList: targetsOf(query, kept, sources),
    fromClause: fromOf(kept.joins),
    ...(where === undefined ? {} : { whereClause: where }),
    ...(sort.length === 0 ? {} : { sortClause: sort }),
    ...(limitCount === undefined ? {} : { limitCount }),
    ...(limitOffset === undefined ? {} : { limitOffset }),
    ...(limitOption === undefined ? {} : { limitOption }),
  });
}

function collectionOf(
  query: Select,
  branch: Branch,
  link: Link,
  kept: Branch,
  sources: readonly Source[],
): CollectionQuery | null {
  const [first, ...others] = branch.joins;
  if (first === undefined) return null;
  const rest = conjuncts(first.condition).filter(
    (each) => !isIn(kept, aliasesIn(each, sources) ?? new Set()),
  );
  const only = onlyKey(link, kept, sources);
  const highest = Math.max(0, ...[...rest, ...branch.conditions].flatMap(parametersIn));
  const keys = only === null ? highest + 1 : null;
  const byKey = only === null ? anyOf(link.own, highest + 1) : compare(link.own, '=', only);
  const where = and([byKey, ...rest, ...branch.conditions]);
  const sort = (query.sortClause ?? []).filter((item) => isAbout(item, branch, sources));
  const form = select({
    targetList: withKey(targetsOf(query, branch, sources), link.own),
    fromClause: fromOf([{ ...first, kind: 'from' }, ...others]),
    ...(where === undefined ? {} : { whereClause: where }),
    ...(sort.length === 0 ? {} : { sortClause: sort }),
  });
  const sql = write({ SelectStmt: form });
  const name = first.source.table?.name ?? first.source.alias;
  return sql === null ? null : { name, sql, keys, typeName: link.typeName };
}

/** The value that the key of the rows that are kept is compared with, where there is one. */
function onlyKey({ parent }: Link, kept: Branch, sources: readonly Source[]): Node | null {
  const source = sourceOf(parent, sources);
  const name = columnReference(parent)?.at(-1);
  const values = kept.conditions.flatMap((condition): readonly Node[] => {
    if (operatorOf(condition) !== '=' || !('A_Expr' in condition)) return [];
    const { lexpr, rexpr } = condition.A_Expr;
    if (lexpr === undefined || rexpr === undefined) return [];
    const isKey = sourceOf(lexpr, sources) === source && columnReference(lexpr)?.at(-1) === name;
    return isKey && walk(rexpr).every((each) => !('ColumnRef' in each || 'SubLink' in each)) ? [rexpr] : [];
  });
  return values[0] ?? null;
}

function anyOf(own: Node, parameter: number): Node {
  return {
    A_Expr: {
      kind: 'AEXPR_OP_ANY',
      name: [{ String: { sval: '=' } }],
      lexpr: own,
      rexpr: { ParamRef: { number: parameter } },
    },
  };
}

function parametersIn(node: Node): readonly number[] {
  return walk(node).flatMap((each) => ('ParamRef' in each ? [each.ParamRef.number ?? 0] : []));
}

function isAbout(node: Node, branch: Branch, sources: readonly Source[]): boolean {
  const named = aliasesIn(node, sources);
  return (
    named !== null &&
    named.size > 0 &&
    [...named].every((alias) => branch.joins.some(({ source }) => source.alias === alias))
  );
}

/** What of the result is about some sources; all of their columns where it is about all. */
function targetsOf(query: Select, branch: Branch, sources: readonly Source[]): Node[] {
  return (query.targetList ?? []).flatMap((each) => {
    const isStar = 'ResTarget' in each && each.ResTarget.val !== undefined && isStarAlone(each.ResTarget.val);
    if (isStar) return branch.joins.map(({ source }) => target(star(source.alias)));
    return isAbout(each, branch, sources) ? [each] : [];
  });
}

function isStarAlone(node: Node): boolean {
  const parts = columnReference(node);
  return parts?.length === 1 && parts[0] === '*';
}

function star(alias: string): Node {
  return { ColumnRef: { fields: [{ String: { sval: alias } }, { A_Star: {} }] } };
}

/** The key goes along, so that each row finds the one that it belongs to. */
function withKey(targets: readonly Node[], own: Node): Node[] {
  const [alias, name] = columnReference(own)?.slice(-2) ?? [];
  const has = targets.some((each) => {
    const parts =
      'ResTarget' in each && each.ResTarget.val !== undefined ? columnReference(each.ResTarget.val) : null;
    return parts?.at(-1) === '*' || (parts?.at(-1) === name && parts?.at(-2) === alias);
  });
  const key = alias !== undefined && name !== undefined ? column(alias, name) : own;
  return has ? [...targets] : [target(key), ...targets];
}
