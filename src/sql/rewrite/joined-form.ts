import { columnReference } from '../expression.ts';
import type { Node } from '../grammar.ts';
import { joined, lateral } from './joins.ts';
import { linkBetween } from './links.ts';
import { type Source, sourcesOf, type Tables } from './sources.ts';
import { and, column, compare, conjuncts, isPlain, replaced, type Select, select, target } from './tree.ts';

/** A query, and another that is sent for each of its rows, as one. */
export interface JoinedForm {
  readonly select: Select;
  /** The same in no order, */
  readonly unsorted: Select;
  /** and the second query run for each row of the first: its result is what that of the join has to be. */
  readonly rowByRow: Select;
}

/**
 * One query with a join in place of a query and those that are sent for each of its rows. Null where the schema does not
 * tell how they hang together, or they do more than select rows.
 *
 * @param second with `$1` for what differs
 */
export function joinedForm(first: Select, second: Select, tables: Tables): JoinedForm | null {
  const link = linkBetween(first, second, tables);
  const [from, to] = [sourcesOf(first, tables), sourcesOf(second, tables)];
  if (link === null || from === null || to?.length !== 1 || !isPlain(second, ['sortClause'])) return null;
  const outer = isPlain(first, ['sortClause']) && from.length === 1 ? first : null;
  const names = resultNames(first, from);
  if (names === null || !names.includes(link.column)) return null;
  const alias = link.by.alias === link.source.alias ? `${link.by.alias}_2` : link.by.alias;
  const inner = qualified(second, link.by, alias);
  const rest = conjuncts(inner.whereClause).filter((each) => !asks(each));
  const root = link.source.alias;
  const own = outer === null ? null : qualified(outer, link.source, root);
  const on = and([compare(column(alias, link.key), '=', column(root, link.column)), ...rest]);
  const left: Node = own?.fromClause?.[0] ?? {
    RangeSubselect: { subquery: { SelectStmt: first }, alias: { aliasname: root } },
  };
  const sort = [...(own?.sortClause ?? []), ...(inner.sortClause ?? [])];
  const targets = own?.targetList ?? [target(starOf(root))];
  const unsorted = select({
    targetList: [...targets, ...(inner.targetList ?? [])],
    fromClause: [joined(left, 'left', renamed(link.by, alias), on)],
    ...(own?.whereClause === undefined ? {} : { whereClause: own.whereClause }),
  });
  return {
    select: sort.length === 0 ? unsorted : { ...unsorted, sortClause: sort },
    unsorted,
    rowByRow: rowByRow(first, second, link.column),
  };
}

function rowByRow(first: Select, second: Select, key: string): Select {
  const { sortClause: _, ...inner } = replaced(second, (node) =>
    'ParamRef' in node ? column('first', key) : null,
  );
  const from: Node = {
    RangeSubselect: { subquery: { SelectStmt: first }, alias: { aliasname: 'first' } },
  };
  const always: Node = { A_Const: { boolval: { boolval: true } } };
  return select({
    targetList: [target(starOf('first')), target(starOf('second'))],
    fromClause: [joined(from, 'left', lateral({ SelectStmt: inner }, 'second'), always)],
  });
}

/** The columns of a single source, each with its alias before it. */
function qualified(query: Select, { alias }: Source, wanted: string): Select {
  return replaced(query, (node) => {
    const parts = columnReference(node);
    if (parts === null) return null;
    const name = parts.at(-1);
    if (name === '*') return starOf(wanted);
    return name === undefined || (parts.length > 1 && parts.at(-2) !== alias) ? null : column(wanted, name);
  });
}

function renamed({ node, alias }: Source, wanted: string): Node {
  return alias === wanted || !('RangeVar' in node)
    ? node
    : { RangeVar: { ...node.RangeVar, alias: { aliasname: wanted } } };
}

function starOf(alias: string): Node {
  return { ColumnRef: { fields: [{ String: { sval: alias } }, { A_Star: {} }] } };
}

function asks(condition: Node): boolean {
  return (
    'A_Expr' in condition && condition.A_Expr.rexpr !== undefined && 'ParamRef' in condition.A_Expr.rexpr
  );
}

/** Names of the columns of a result, those of `*` included; null where one is not known. */
function resultNames(query: Select, sources: readonly Source[]): readonly string[] | null {
  const names = (query.targetList ?? []).map((each): readonly string[] | null => {
    if (!('ResTarget' in each) || each.ResTarget.val === undefined) return null;
    const parts = columnReference(each.ResTarget.val);
    if (each.ResTarget.name !== undefined) return [each.ResTarget.name];
    if (parts?.at(-1) !== '*') return parts === null ? [] : [parts.at(-1) ?? ''];
    const about = parts.length === 1 ? sources : sources.filter(({ alias }) => alias === parts[0]);
    return about.every(({ table }) => table !== null)
      ? about.flatMap(({ table }) => table?.columns.map(({ name }) => name) ?? [])
      : null;
  });
  return names.includes(null) ? null : names.flatMap((each) => each ?? []);
}
