import { qualifiedName } from '../../model/catalogue.ts';
import { columnReference } from '../expression.ts';
import type { Node } from '../grammar.ts';
import { type Source, sourceOf, sourcesOf, type Tables } from './sources.ts';
import { conjuncts, operatorOf, type Select } from './tree.ts';

/** How a query that is sent for each row of another asks for it. */
export interface Link {
  /** The source of the first query whose rows are gone through, and its column. */
  readonly source: Source;
  readonly column: string;
  /** Those of the second query that it is compared with. */
  readonly by: Source;
  readonly key: string;
}

/**
 * The column of a query that another is asked with: by a foreign key, either way, or by what columns are called. Null where
 * the schema tells of none.
 */
export function linkBetween(first: Select, second: Select, tables: Tables): Link | null {
  const [from, to] = [sourcesOf(first, tables), sourcesOf(second, tables)];
  if (from === null || to === null) return null;
  const asked = conjuncts(second.whereClause).flatMap((condition) => askedIn(condition, to) ?? []);
  const links = asked.flatMap(({ by, key }) =>
    from.flatMap((source): readonly (Link & { readonly rank: number })[] => {
      const found = columnOf(source, by, key);
      return found === null ? [] : [{ source, by, key, ...found }];
    }),
  );
  return links.toSorted((a, b) => a.rank - b.rank)[0] ?? null;
}

/** A column that is compared with a value. */
function askedIn(condition: Node, sources: readonly Source[]) {
  if (operatorOf(condition) !== '=' || !('A_Expr' in condition)) return null;
  const { lexpr, rexpr } = condition.A_Expr;
  if (lexpr === undefined || rexpr === undefined || !('ColumnRef' in lexpr)) return null;
  if (!('ParamRef' in rexpr || 'A_Const' in rexpr || 'TypeCast' in rexpr)) return null;
  const by = sourceOf(lexpr, sources);
  const key = columnReference(lexpr)?.at(-1);
  return by === null || key === undefined ? null : { by, key };
}

/** @returns rank: 0 by a foreign key, 1 by a name */
function columnOf(
  { table }: Source,
  { table: other }: Source,
  key: string,
): { readonly column: string; readonly rank: number } | null {
  if (table === null || other === null) return null;
  for (const { columns, references, referencedColumns } of other.foreignKeys) {
    const at = columns.indexOf(key);
    const column = referencedColumns[at];
    if (column !== undefined && references === qualifiedName(table)) return { column, rank: 0 };
  }
  for (const { columns, references, referencedColumns } of table.foreignKeys) {
    const column = columns[referencedColumns.indexOf(key)];
    if (column !== undefined && references === qualifiedName(other)) return { column, rank: 0 };
  }
  const has = (name: string) => table.columns.some((each) => each.name === name);
  if (key !== 'id' && has(key)) return { column: key, rank: 1 };
  if (namesRowOf(key, table.name) && has('id')) return { column: 'id', rank: 1 };
  const naming = table.columns.find(({ name }) => key === 'id' && namesRowOf(name, other.name));
  return naming === undefined ? null : { column: naming.name, rank: 1 };
}

/** Whether a column is called as one that names a row of a table: `order_id`, `orderId` of `orders`. */
function namesRowOf(column: string, table: string): boolean {
  const plain = column.replace(/_?id$/i, '').replaceAll('_', '').toLowerCase();
  const called = table.replaceAll('_', '').toLowerCase();
  return (
    /id$/i.test(column) &&
    plain !== '' &&
    [called, called.replace(/s$/, ''), called.replace(/es$/, ''), called.replace(/ies$/, 'y')].includes(plain)
  );
}
