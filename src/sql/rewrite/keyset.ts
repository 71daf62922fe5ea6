import { columnReference, walk } from '../expression.ts';
import type { Node } from '../grammar.ts';
import type { Rewriter } from './rewriting.ts';
import { keysOf, type Source, sourcesOf, tableColumn } from './sources.ts';
import { and, compare, isAggregate, type Select } from './tree.ts';

/** A column that a page is sorted by. */
interface SortKey {
  readonly node: Node;
  readonly source: Source;
  readonly name: string;
  readonly type: string;
  readonly descending: boolean;
}

/**
 * A page that begins after the last row of the page before, instead of after as many rows as OFFSET says: these are
 * all read. It is asked for in another way, so the caller has to change too.
 */
export const offsetToKeyset: Rewriter = (query, tables) => {
  const { limitOffset, sortClause, limitCount } = query;
  if (limitOffset === undefined || sortClause === undefined || query.larg !== undefined) return [];
  if (query.groupClause !== undefined || query.distinctClause !== undefined || computes(query)) return [];
  const sources = sourcesOf(query, tables);
  const keys = (sources === null ? [] : sortClause).map((item) => keyOf(item, sources ?? []));
  const found = keys.flatMap((key) => key ?? []);
  if (sources === null || found.length === 0 || found.length < keys.length) return [];
  const all = [...found, ...missingKeys(found, sources)];
  const { limitOffset: _, ...rest } = query;
  const condition = afterLast(all);
  const whereClause = and([...(query.whereClause === undefined ? [] : [query.whereClause]), condition]);
  const added = all.slice(found.length).map(sortBy);
  const select: Select = {
    ...rest,
    ...(whereClause === undefined ? {} : { whereClause }),
    sortClause: [...sortClause, ...added],
    ...(limitCount === undefined ? { limitOption: 'LIMIT_OPTION_DEFAULT' } : {}),
  };
  const names = all.map(({ name }) => `\`:${placeholder(name)}\``).join(', ');
  return [
    {
      title: 'Begin the page after the last row of the one before',
      select,
      answers: ['query/offset-pagination', 'query/rows-sorted', 'query/rows-read', 'query/optimizer-cost'],
      nature: {
        kind: 'other',
        reason: `${names}: the values of the last row that was shown. Pages can be followed one after the other, not jumped to; rows whose sort columns are NULL need a case of their own.`,
      },
    },
  ];
};

function computes(query: Select): boolean {
  return [...walk(query.targetList ?? [])].some(isAggregate);
}

function keyOf(item: Node, sources: readonly Source[]): SortKey | null {
  if (!('SortBy' in item) || item.SortBy.node === undefined) return null;
  const { node, sortby_dir: direction, sortby_nulls: nulls } = item.SortBy;
  if (nulls !== undefined && nulls !== 'SORTBY_NULLS_DEFAULT') return null;
  const found = tableColumn(node, sources);
  if (found === null || found.source.isOptional) return null;
  const descending = direction === 'SORTBY_DESC';
  return { node, source: found.source, name: found.column.name, type: found.column.type, descending };
}

/** Columns of a key that make the order one in which no two rows are alike. */
function missingKeys(keys: readonly SortKey[], sources: readonly Source[]): readonly SortKey[] {
  const last = keys.at(-1);
  const [primary] = last?.source.table === null || last === undefined ? [] : keysOf(last.source.table);
  if (last === undefined || primary === undefined) return [];
  const sorted = new Set(keys.filter(({ source }) => source === last.source).map(({ name }) => name));
  return primary
    .filter((name) => !sorted.has(name))
    .map((name) => {
      const node: Node = {
        ColumnRef: {
          fields: (sources.length === 1 && columnReference(last.node)?.length === 1
            ? [name]
            : [last.source.alias, name]
          ).map((sval) => ({ String: { sval } })),
        },
      };
      const type = last.source.table?.columns.find((each) => each.name === name)?.type ?? 'text';
      return { node, source: last.source, name, type, descending: last.descending };
    });
}

function sortBy({ node, descending }: SortKey): Node {
  return {
    SortBy: {
      node,
      sortby_dir: descending ? 'SORTBY_DESC' : 'SORTBY_DEFAULT',
      sortby_nulls: 'SORTBY_NULLS_DEFAULT',
    },
  };
}

/** Rows after the last one: as a comparison of rows where all keys go one way. */
function afterLast(keys: readonly SortKey[]): Node {
  const [first, ...more] = keys;
  if (first === undefined) throw new Error('no sort key');
  const operator = first.descending ? '<' : '>';
  if (more.length === 0) return compare(first.node, operator, lastValue(first));
  if (more.every(({ descending }) => descending === first.descending)) {
    return compare(row(keys.map(({ node }) => node)), operator, row(keys.map(lastValue)));
  }
  const rest = afterLast(more);
  const isSame = compare(first.node, '=', lastValue(first));
  const both = and([isSame, rest]) ?? rest;
  return { BoolExpr: { boolop: 'OR_EXPR', args: [compare(first.node, operator, lastValue(first)), both] } };
}

function row(args: Node[]): Node {
  return { RowExpr: { args, row_format: 'COERCE_IMPLICIT_CAST' } };
}

function placeholder(name: string): string {
  return `last_${name}`;
}

/** Stands for a value that only the caller knows; {@link shown} writes it as a placeholder, {@link plannable} as NULL. */
const unknownValue = 'guardrails_last_value';

function lastValue({ name, type }: SortKey): Node {
  return {
    FuncCall: {
      funcname: [{ String: { sval: unknownValue } }],
      args: [{ A_Const: { sval: { sval: placeholder(name) } } }, { A_Const: { sval: { sval: type } } }],
      funcformat: 'COERCE_EXPLICIT_CALL',
    },
  };
}

const call = new RegExp(`${unknownValue}\\(\\s*'((?:[^']|'')*)',\\s*'((?:[^']|'')*)'\\s*\\)`, 'g');

/** A text with placeholders such as `:last_id` for what only the caller knows. */
export function shown(sql: string): string {
  return sql.replaceAll(call, (_, name: string) => `:${name}`);
}

/** A text that can be planned: of the same values the planner knows nothing but their type. */
export function plannable(sql: string): string {
  return sql.replaceAll(call, (_, __, type: string) => `(SELECT NULL::${type})`);
}
