import { columnReference, parseExpression, walk } from './expression.ts';
import type { Node } from './grammar.ts';

/** A column of a relation, as a plan's expressions name it. */
export interface ColumnOfAlias {
  readonly alias: string;
  readonly column: string;
}

/** A comparison one side of which is made of a column, instead of being one. */
export interface WrappedColumn extends ColumnOfAlias {
  /** What is compared, in short: `lower(f.email)`, `(f.created_at)::date`. */
  readonly expression: string;
  /** The type, where it is nothing but a cast. */
  readonly cast: string | null;
  /** The expression without the relation's alias, comparable with that of an index. */
  readonly canonical: string;
}

/** A pattern match that no ordinary index serves. */
export interface PatternMatch extends ColumnOfAlias {
  readonly operator: 'LIKE' | 'ILIKE' | 'regular expression';
  /** The pattern, where it is a constant. */
  readonly pattern: string | null;
}

type Comparison = Extract<Node, { A_Expr: unknown }>['A_Expr'];

function comparisonsIn(expression: string): readonly Comparison[] {
  const root = parseExpression(expression);
  return root === null ? [] : [...walk(root)].flatMap((node) => ('A_Expr' in node ? [node.A_Expr] : []));
}

function operatorOf({ name }: Comparison): string {
  const last = name?.at(-1);
  return last !== undefined && 'String' in last ? (last.String.sval ?? '') : '';
}

const comparisons: ReadonlySet<string> = new Set(['=', '<', '>', '<=', '>=', '~~', '~~*', '~', '~*']);

/**
 * Comparisons of a plan's condition in which a column is wrapped in a function, a cast or arithmetic.
 *
 * @param isRelabelling whether a cast of the column to a type changes nothing about its bytes, such as varchar to
 * text, and so leaves its indexes usable
 */
export function wrappedColumns(
  expression: string,
  isRelabelling: (column: ColumnOfAlias, type: string) => boolean,
): readonly WrappedColumn[] {
  return comparisonsIn(expression).flatMap((comparison): readonly WrappedColumn[] => {
    if (!comparisons.has(operatorOf(comparison))) return [];
    const { lexpr, rexpr } = comparison;
    return [
      [lexpr, rexpr],
      [rexpr, lexpr],
    ].flatMap(([side, other]): readonly WrappedColumn[] => {
      if (side === undefined || other === undefined) return [];
      const wrapped = unwrapRelabelling(side, isRelabelling);
      const column = onlyColumn(wrapped);
      if (column === null || columnReference(wrapped) !== null) return [];
      // A comparison of two columns of one relation can use no index on either.
      if (columnsIn(other).some(({ alias }) => alias === column.alias)) return [];
      const expression = inShort(wrapped, column);
      return [{ ...column, expression, cast: castOf(wrapped), canonical: canonicalForm(side) }];
    });
  });
}

function unwrapRelabelling(
  node: Node,
  isRelabelling: (column: ColumnOfAlias, type: string) => boolean,
): Node {
  if (!('TypeCast' in node)) return node;
  const { arg, typeName } = node.TypeCast;
  const column = arg === undefined ? null : toColumn(arg);
  if (arg === undefined || column === null) return node;
  return isRelabelling(column, typeNameOf(typeName)) ? arg : node;
}

function typeNameOf(type: { readonly names?: readonly Node[] } | undefined): string {
  const last = type?.names?.at(-1);
  return last !== undefined && 'String' in last ? (last.String.sval ?? '') : '';
}

function toColumn(node: Node): ColumnOfAlias | null {
  const [alias, column, ...rest] = columnReference(node) ?? [];
  return alias === undefined || column === undefined || rest.length > 0 ? null : { alias, column };
}

function columnsIn(node: Node): readonly ColumnOfAlias[] {
  return [...walk(node)].flatMap((each) => toColumn(each) ?? []);
}

/** The column that an expression is made of, if it is made of one. */
function onlyColumn(node: Node): ColumnOfAlias | null {
  const columns = columnsIn(node);
  const [first] = columns;
  const same = columns.every(({ alias, column }) => alias === first?.alias && column === first.column);
  return first !== undefined && same ? first : null;
}

function castOf(node: Node): string | null {
  if (!('TypeCast' in node)) return null;
  const { arg, typeName } = node.TypeCast;
  return arg !== undefined && toColumn(arg) !== null ? typeNameOf(typeName) : null;
}

function inShort(node: Node, { alias, column }: ColumnOfAlias): string {
  const name = `${alias}.${column}`;
  if ('FuncCall' in node) {
    const last = node.FuncCall.funcname?.at(-1);
    const called = last !== undefined && 'String' in last ? last.String.sval : 'function';
    return `${called}(${(node.FuncCall.args?.length ?? 1) > 1 ? '…, ' : ''}${name})`;
  }
  if ('TypeCast' in node) return `(${name})::${typeNameOf(node.TypeCast.typeName)}`;
  if ('A_Expr' in node) return `${name} ${operatorOf(node.A_Expr)} …`;
  return `an expression of ${name}`;
}

/** An expression as comparable text: its syntax tree without positions and without the alias of its columns. */
function canonicalForm(node: Node): string {
  return JSON.stringify(node, (key, value: unknown) => {
    if (key === 'location') return undefined;
    if (key === 'fields' && Array.isArray(value)) return value.slice(-1);
    return value;
  });
}

/** The canonical form of an expression in text, or null where it cannot be read. */
export function canonicalExpression(expression: string): string | null {
  const node = parseExpression(expression);
  return node === null ? null : canonicalForm(node);
}

/** Pattern matches of a plan's condition that need a trigram index to be found by one. */
export function unanchoredMatches(expression: string): readonly PatternMatch[] {
  return comparisonsIn(expression).flatMap((comparison): readonly PatternMatch[] => {
    const { lexpr, rexpr } = comparison;
    const column = lexpr === undefined ? null : onlyColumn(lexpr);
    if (column === null || rexpr === undefined) return [];
    const start = patternStart(rexpr);
    switch (operatorOf(comparison)) {
      case '~~':
        return start !== null && /^[%_]/.test(start) ? [{ ...column, operator: 'LIKE', pattern: start }] : [];
      case '~~*':
        return [{ ...column, operator: 'ILIKE', pattern: start }];
      case '~':
      case '~*':
        return start?.startsWith('^') ? [] : [{ ...column, operator: 'regular expression', pattern: start }];
      default:
        return [];
    }
  });
}

/** The constant that a pattern is or begins with, such as `%` in `'%' || $1`. */
function patternStart(node: Node): string | null {
  if ('A_Const' in node) return node.A_Const.sval?.sval ?? null;
  if ('TypeCast' in node) return node.TypeCast.arg === undefined ? null : patternStart(node.TypeCast.arg);
  if ('A_Expr' in node && operatorOf(node.A_Expr) === '||') {
    return node.A_Expr.lexpr === undefined ? null : patternStart(node.A_Expr.lexpr);
  }
  return null;
}
