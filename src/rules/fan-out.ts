import type { Column, Index } from '../model/catalogue.ts';
import type { QueryBlock } from '../sql/blocks.ts';
import type { NamedColumn } from '../sql/references.ts';
import type { Source } from '../sql/sources.ts';

/** What deciding whether a join is to many asks of a table. */
export interface JoinedTable {
  readonly name: string;
  readonly columns: readonly Pick<Column, 'name'>[];
  readonly indexes: readonly Pick<Index, 'unique' | 'valid' | 'predicate' | 'keys'>[];
}

/** A source, and how it hangs on those before it. */
export interface JoinedSource {
  readonly source: Source;
  readonly table: JoinedTable | null;
  /** Alias of the source that it is joined to; null for the first, and for what no equality joins. */
  readonly parent: string | null;
  /** Its columns that are equal to columns of others, or to values from outside. */
  readonly by: readonly string[];
  /**
   * Whether a row of its parent can have several of its rows: no unique index lies within the columns that it is joined by.
   * What the catalogue does not know, such as a view, is taken to have one.
   */
  readonly toMany: boolean;
}

/** Tells the table that a source names, or null. */
export type TableOf = (source: Source) => JoinedTable | null;

/**
 * The join tree of a block, from one of its sources. Columns are followed through equalities, so that `b.a_id = a.id AND
 * c.a_id = b.a_id` joins both to `a`.
 *
 * @param root alias to begin with; the first source of FROM where there is none such
 */
export function joinTree(
  block: QueryBlock,
  tableOf: TableOf,
  root: string | null = null,
): readonly JoinedSource[] {
  const nodes = block.sources.map((source) => ({ source, table: tableOf(source) }));
  const classes = equalColumns(block, nodes);
  const [first = nodes[0]] = nodes.filter(({ source }) => source.alias === root);
  const tree: JoinedSource[] = [];
  const left = new Set(nodes);
  const reach = (node: Node, parent: string | null, by: readonly string[]) => {
    left.delete(node);
    tree.push({ ...node, parent, by, toMany: parent !== null && !isUniqueBy(node, by) });
  };
  if (first !== undefined) reach(first, null, []);
  while (left.size > 0) {
    const [next] = [...left].flatMap((node) => {
      const link = linkOf(node.source.alias, classes, tree);
      return link === null ? [] : [{ node, link }];
    });
    if (next !== undefined) reach(next.node, next.link.parent, next.link.by);
    // What nothing joins is no join to many, but a product.
    else for (const node of [...left].slice(0, 1)) reach(node, null, []);
  }
  return tree;
}

/**
 * Joins to many that multiply each other: each repeats the rows of the others. One below another does not, since its rows
 * are those of the one above, in more detail. Fewer than two are none.
 */
export function multiplyingJoins(tree: readonly JoinedSource[]): readonly JoinedSource[] {
  const many = tree.filter(({ toMany }) => toMany);
  const lowest = many.filter(
    ({ source }) => !many.some((other) => ancestorsOf(other, tree).includes(source.alias)),
  );
  return lowest.length > 1 ? lowest : [];
}

/** Aliases of what a source hangs on, nearest first. */
export function ancestorsOf({ parent }: JoinedSource, tree: readonly JoinedSource[]): readonly string[] {
  const above = tree.find(({ source }) => source.alias === parent);
  return parent === null || above === undefined ? [] : [parent, ...ancestorsOf(above, tree)];
}

interface Node {
  readonly source: Source;
  readonly table: JoinedTable | null;
}

/** Columns that are equal to each other; `fixed` where one of them is equal to a value from outside. */
interface EqualColumns {
  readonly members: readonly NamedColumn[];
  readonly fixed: boolean;
}

function equalColumns(block: QueryBlock, nodes: readonly Node[]): readonly EqualColumns[] {
  return block.equalities.reduce<readonly EqualColumns[]>((classes, { left, right }) => {
    const members = [left, ...(right === null ? [] : [right])].flatMap((each) => resolve(each, nodes) ?? []);
    if (right !== null && members.length < 2) return classes;
    const touched = classes.filter((each) =>
      each.members.some((one) => members.some((other) => same(one, other))),
    );
    const merged: EqualColumns = {
      members: [...touched.flatMap((each) => each.members), ...members],
      fixed: right === null || touched.some(({ fixed }) => fixed),
    };
    return [...classes.filter((each) => !touched.includes(each)), merged];
  }, []);
}

function same(a: NamedColumn, b: NamedColumn): boolean {
  return a.qualifier === b.qualifier && a.column === b.column;
}

/** A column with the alias of its source; null where it belongs to none of them, or to several. */
export function resolve(column: NamedColumn, nodes: readonly Node[]): NamedColumn | null {
  const having = nodes.filter(
    ({ source, table }) =>
      (column.qualifier === null || column.qualifier === source.alias) &&
      (table === null ? column.qualifier !== null : table.columns.some(({ name }) => name === column.column)),
  );
  const [only] = having;
  return only === undefined || having.length > 1 ? null : { ...column, qualifier: only.source.alias };
}

interface Link {
  readonly parent: string;
  readonly by: readonly string[];
}

function linkOf(alias: string, classes: readonly EqualColumns[], tree: readonly JoinedSource[]): Link | null {
  const reached = tree.map(({ source }) => source.alias);
  const links = classes.flatMap(({ members, fixed }) => {
    // The nearest to the root of those that are equal decides what it hangs on.
    const at = Math.min(
      ...members.map(({ qualifier }) => reached.indexOf(qualifier ?? '')).filter((index) => index >= 0),
    );
    const isReached = Number.isFinite(at);
    if (!fixed && !isReached) return [];
    return members
      .filter(({ qualifier }) => qualifier === alias)
      .map(({ column }) => ({ column, at: isReached ? at : -1 }));
  });
  const parent = reached[Math.max(-1, ...links.map(({ at }) => at))];
  return parent === undefined ? null : { parent, by: [...new Set(links.map(({ column }) => column))] };
}

/** Whether no two rows of a source have the same values in some columns; where nobody knows, they are taken to. */
export function isUniqueBy({ source, table }: Node, by: readonly string[]): boolean {
  if (source.relation === null) {
    return source.uniqueBy === null || source.uniqueBy.every((column) => by.includes(column));
  }
  if (table === null) return true;
  return table.indexes.some(
    ({ unique, valid, predicate, keys }) =>
      unique &&
      valid &&
      predicate === null &&
      keys.every(({ column }) => column !== null && by.includes(column)),
  );
}
