import { columnReference, walk } from '../expression.ts';
import type { Node } from '../grammar.ts';
import { sourceOf, sourcesOf, type Tables } from './sources.ts';
import { canonical, conjuncts, operatorOf, replaced, type Select, text } from './tree.ts';

/** A query that is sent in a loop, brought to what differs each time. */
export interface LoopQuery {
  /** With `$1` for what differs, constants for other parameters, and no LIMIT that a unique key makes superfluous. */
  readonly select: Select;
  /** Values of `$1`, as they were captured. */
  readonly values: readonly unknown[];
  /** Whether it is other than what was captured. */
  readonly isChanged: boolean;
}

/** A condition `column = value`. */
interface Condition {
  readonly column: Node;
  readonly value: Node;
  /** Of each execution that is known. */
  readonly values: readonly unknown[];
}

/**
 * Finds what differs from execution to execution: the one value that a column is compared with. Null where several do,
 * or nobody knows what the others are.
 *
 * @param samples values of some executions
 * @param others the same query with other constants
 */
export function loopQuery(
  query: Select,
  tables: Tables,
  samples: readonly (readonly unknown[])[],
  others: readonly Select[],
): LoopQuery | null {
  const conditions = conditionsOf(query, samples, others);
  const varying = conditions.filter(({ values }) => distinct(values) > 1);
  const [key, ...more] = varying.length === 0 ? conditions : varying;
  if (key === undefined || more.length > 0) return null;
  const limited = withoutLimit(query, key.column, tables);
  const fixed = fixedParameters(limited, key.value, samples);
  if (fixed === null) return null;
  const select = replaced(limited, (node) => {
    // Copies of nodes are other objects, so they are known by their places.
    if (canonical(node) === canonical(key.value) && isAt(node, key.value)) return { ParamRef: { number: 1 } };
    const number = 'ParamRef' in node ? node.ParamRef.number : undefined;
    return number === undefined ? null : (fixed.get(number) ?? null);
  });
  return { select, values: key.values, isChanged: canonical(select) !== canonical(query) };
}

function conditionsOf(
  query: Select,
  samples: readonly (readonly unknown[])[],
  others: readonly Select[],
): readonly Condition[] {
  const alike = others.map(({ whereClause }) => conjuncts(whereClause));
  return conjuncts(query.whereClause).flatMap((condition, index): readonly Condition[] => {
    const sides = sidesOf(condition);
    if (sides === null) return [];
    const { column, value } = sides;
    if ('ParamRef' in value) {
      const number = value.ParamRef.number ?? 0;
      return [{ column, value, values: samples.map((sample) => sample[number - 1]) }];
    }
    const constants = alike.flatMap((each) => {
      const other = each[index] === undefined ? null : sidesOf(each[index]);
      return other === null ? [] : [constantOf(other.value)];
    });
    return [{ column, value, values: [constantOf(value), ...constants] }];
  });
}

function sidesOf(condition: Node): { readonly column: Node; readonly value: Node } | null {
  if (operatorOf(condition) !== '=' || !('A_Expr' in condition) || condition.A_Expr.kind !== 'AEXPR_OP')
    return null;
  const { lexpr, rexpr } = condition.A_Expr;
  if (lexpr === undefined || rexpr === undefined || !('ColumnRef' in lexpr)) return null;
  const isValue = 'ParamRef' in rexpr || constantOf(rexpr) !== null;
  return isValue ? { column: lexpr, value: rexpr } : null;
}

/** A constant as text; null for anything else. */
function constantOf(node: Node): string | null {
  if ('TypeCast' in node) return node.TypeCast.arg === undefined ? null : constantOf(node.TypeCast.arg);
  if (!('A_Const' in node)) return null;
  const { ival, sval, fval } = node.A_Const;
  if (ival !== undefined) return String(ival.ival ?? 0);
  return sval?.sval ?? fval?.fval ?? null;
}

function distinct(values: readonly unknown[]): number {
  return new Set(values.map((value) => JSON.stringify(value))).size;
}

/** A row that is asked for by a unique key is one, whatever the LIMIT. */
function withoutLimit(query: Select, column: Node, tables: Tables): Select {
  const { limitCount, limitOffset, limitOption: _, ...rest } = query;
  const sources = sourcesOf(query, tables);
  const source = sources === null || sources.length > 1 ? null : sourceOf(column, sources);
  const name = columnReference(column)?.at(-1);
  const isUnique = source?.table?.indexes.some(
    ({ unique, valid, predicate, keys }) =>
      unique && valid && predicate === null && keys.length === 1 && keys[0]?.column === name,
  );
  const isFirst = limitOffset === undefined || constantOf(limitOffset) === '0';
  if (limitCount === undefined || isUnique !== true || !isFirst) return query;
  return { ...rest, limitOption: 'LIMIT_OPTION_DEFAULT' };
}

/** Constants of parameters that are the same in all executions, by number; null where one is not. */
function fixedParameters(
  query: Select,
  key: Node,
  samples: readonly (readonly unknown[])[],
): ReadonlyMap<number, Node> | null {
  const own = 'ParamRef' in key ? key.ParamRef.number : undefined;
  const numbers = walk({ SelectStmt: query }).flatMap((node) =>
    'ParamRef' in node ? [node.ParamRef.number ?? 0] : [],
  );
  const fixed = new Map<number, Node>();
  for (const number of new Set(numbers)) {
    if (number === own) continue;
    const values = samples.map((sample) => sample[number - 1]);
    const [value] = values;
    if (distinct(values) !== 1 || (typeof value !== 'string' && typeof value !== 'number')) return null;
    fixed.set(number, text(String(value)));
  }
  return numbers.filter((number) => number === own).length > 1 ? null : fixed;
}

function isAt(a: Node, b: Node): boolean {
  return placeOf(a) === placeOf(b);
}

function placeOf(node: Node): number | undefined {
  if ('ParamRef' in node) return node.ParamRef.location;
  if ('A_Const' in node) return node.A_Const.location;
  return 'TypeCast' in node ? node.TypeCast.location : undefined;
}
