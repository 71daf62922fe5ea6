import { columnReference, isNode, walk } from '../expression.ts';
import type { Node } from '../grammar.ts';

export type Select = Extract<Node, { SelectStmt: unknown }>['SelectStmt'];

/** A copy of a tree in which some nodes are others; what lies below those is not asked about. */
export function replaced<T extends object>(tree: T, other: (node: Node) => Node | null): T {
  const copy = structuredClone(tree);
  const visit = (holder: object): void => {
    for (const [key, value] of Object.entries(holder)) {
      if (typeof value !== 'object' || value === null) continue;
      const substitute = isNode(value) ? other(value) : null;
      if (substitute === null) visit(value);
      else Reflect.set(holder, key, substitute);
    }
  };
  visit(copy);
  return copy;
}

/** A node or, where there is another, that. */
export function substituted(node: Node, other: (node: Node) => Node | null): Node {
  return other(node) ?? replaced(node, other);
}

export function selectIn(node: Node | undefined): Select | null {
  return node !== undefined && 'SelectStmt' in node ? node.SelectStmt : null;
}

const places: ReadonlySet<string> = new Set([
  'location',
  'list_start',
  'list_end',
  'rexpr_list_start',
  'rexpr_list_end',
]);

/** A tree as comparable text, without the places of its nodes. */
export function canonical(tree: unknown): string {
  return JSON.stringify(tree, (_, value: unknown) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    const entries = Object.entries(value).filter(([key]) => !places.has(key));
    return Object.fromEntries(entries.toSorted(([one], [other]) => (one < other ? -1 : 1)));
  });
}

/** A tree in which no AND stands directly within an AND, and no OR within an OR: the grammar makes either of it. */
export function flattened(tree: Node): Node {
  return substituted(tree, (node) => {
    if (!('BoolExpr' in node) || node.BoolExpr.boolop === 'NOT_EXPR') return null;
    const { boolop } = node.BoolExpr;
    const args = (node.BoolExpr.args ?? []).map(flattened).flatMap((arg) => {
      return 'BoolExpr' in arg && arg.BoolExpr.boolop === boolop ? (arg.BoolExpr.args ?? []) : [arg];
    });
    return { BoolExpr: { ...node.BoolExpr, args } };
  });
}

/** Conditions that hold together; those of a nested AND are among them. */
export function conjuncts(condition: Node | undefined): readonly Node[] {
  if (condition === undefined) return [];
  if (!('BoolExpr' in condition) || condition.BoolExpr.boolop !== 'AND_EXPR') return [condition];
  return (condition.BoolExpr.args ?? []).flatMap(conjuncts);
}

export function and(conditions: readonly Node[]): Node | undefined {
  const all = conditions.flatMap(conjuncts);
  return all.length < 2 ? all[0] : { BoolExpr: { boolop: 'AND_EXPR', args: all } };
}

export function not(condition: Node): Node {
  return { BoolExpr: { boolop: 'NOT_EXPR', args: [condition] } };
}

export function column(...fields: readonly string[]): Node {
  return { ColumnRef: { fields: fields.map((sval) => ({ String: { sval } })) } };
}

export function compare(lexpr: Node, operator: string, rexpr: Node): Node {
  return { A_Expr: { kind: 'AEXPR_OP', name: [{ String: { sval: operator } }], lexpr, rexpr } };
}

export function integer(ival: number): Node {
  // libpg_query leaves out what is 0.
  return { A_Const: { ival: ival === 0 ? {} : { ival } } };
}

export function text(sval: string): Node {
  return { A_Const: { sval: { sval } } };
}

/** Types that are keywords of the grammar, which reads them as those of the system. */
const keywords: ReadonlySet<string> = new Set(['timestamp', 'interval']);

/** @param type as a user writes it, without a modifier: `date` */
export function cast(arg: Node, type: string): Node {
  const names = (keywords.has(type) ? ['pg_catalog', type] : [type]).map((sval) => ({ String: { sval } }));
  return { TypeCast: { arg, typeName: { names, typemod: -1 } } };
}

export function call(name: string, ...args: readonly Node[]): Node {
  return {
    FuncCall: { funcname: [{ String: { sval: name } }], args: [...args], funcformat: 'COERCE_EXPLICIT_CALL' },
  };
}

/** Clauses of a SELECT; the rest of it is empty. */
export function select(clauses: Select): Select {
  return { limitOption: 'LIMIT_OPTION_DEFAULT', op: 'SETOP_NONE', ...clauses };
}

export function exists(subselect: Select): Node {
  return { SubLink: { subLinkType: 'EXISTS_SUBLINK', subselect: { SelectStmt: subselect } } };
}

export function target(val: Node, name?: string): Node {
  return { ResTarget: name === undefined ? { val } : { name, val } };
}

/** Symbol of an operator, or null where the node applies none. */
export function operatorOf(node: Node): string | null {
  if (!('A_Expr' in node) || node.A_Expr.kind !== 'AEXPR_OP') return null;
  const last = node.A_Expr.name?.at(-1);
  return last !== undefined && 'String' in last ? (last.String.sval ?? '') : null;
}

/** Plain name of a function that is called, or null. */
export function functionName(node: Node): string | null {
  const last = 'FuncCall' in node ? node.FuncCall.funcname?.at(-1) : undefined;
  return last !== undefined && 'String' in last ? (last.String.sval ?? '') : null;
}

/** Plain name of a type. */
export function typeName(type: { readonly names?: readonly Node[] } | undefined): string {
  const last = type?.names?.at(-1);
  return last !== undefined && 'String' in last ? (last.String.sval ?? '') : '';
}

export function hasStar(targets: readonly Node[] | undefined): boolean {
  return (targets ?? []).some(
    (each) =>
      'ResTarget' in each &&
      each.ResTarget.val !== undefined &&
      columnReference(each.ResTarget.val)?.at(-1) === '*',
  );
}

const aggregates: ReadonlySet<string> = new Set([
  'count',
  'sum',
  'avg',
  'min',
  'max',
  'bool_and',
  'bool_or',
  'every',
  'string_agg',
  'array_agg',
  'json_agg',
  'jsonb_agg',
  'json_object_agg',
  'jsonb_object_agg',
  'bit_and',
  'bit_or',
  'stddev',
  'variance',
]);

/** Whether a node calls an aggregate of PostgreSQL's own, and not as a window function. */
export function isAggregate(node: Node): boolean {
  return 'FuncCall' in node && node.FuncCall.over === undefined && aggregates.has(functionName(node) ?? '');
}

/** Whether a SELECT is no more than FROM and WHERE, but for what is named. */
export function isPlain(node: Select, besides: readonly (keyof Select)[] = []): boolean {
  const more: readonly (keyof Select)[] = [
    'distinctClause',
    'groupClause',
    'havingClause',
    'windowClause',
    'valuesLists',
    'sortClause',
    'limitCount',
    'limitOffset',
    'lockingClause',
    'withClause',
    'larg',
    'intoClause',
  ];
  const given = more.filter((key) => node[key] !== undefined && !besides.includes(key));
  const computes = [...walk(node.targetList ?? [])].some(
    (each) => isAggregate(each) || ('FuncCall' in each && each.FuncCall.over !== undefined),
  );
  return given.length === 0 && (besides.includes('groupClause') || !computes);
}
