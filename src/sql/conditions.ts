import { columnReference, parseExpression, walk } from './expression.ts';
import type { Node } from './grammar.ts';
import { ByteOffsets } from './position.ts';

/** A side of a comparison that is made of columns of one relation. */
export interface ComparedKey {
  /** Empty where a query reads one relation, and EXPLAIN leaves its name out (show_plan_tlist in explain.c). */
  readonly alias: string;
  /** Its text, with columns named without their relation: `email`, `lower(email)`. */
  readonly text: string;
  /** Names of the columns in it. */
  readonly columns: readonly string[];
  /** Name of the column that it is, but for a cast; null for other expressions. */
  readonly column: string | null;
  /** Type that the column is cast to, or null. */
  readonly castTo: string | null;
}

/** What an index may have to answer. */
export interface Condition {
  readonly key: ComparedKey;
  /** `=`, also for = ANY; `<`, `~~`, `@>` ...; `IS NULL`, `IS NOT NULL`, `IS TRUE`, `IS FALSE`. */
  readonly operator: string;
  /** The constant that it is compared with, as text; null where that is something else. */
  readonly constant: string | null;
  /** Relations whose columns it is compared with; none for constants, parameters and subqueries. */
  readonly partners: readonly string[];
  /** The whole condition, with columns named without their relation. */
  readonly text: string;
}

/** Conditions that hold together; what is joined by OR are alternatives to each other. */
export interface Conjunction {
  readonly conditions: readonly Condition[];
  /** For each OR, the conjunctions of its arms. */
  readonly alternatives: readonly (readonly Conjunction[])[];
}

/** What EXPLAIN writes for subqueries, which the grammar does not know: a value from elsewhere. */
const subqueries = /\((?:hashed |alternatives: )?(?:SubPlan|InitPlan|CTE) [^()]*\)(?:\.col\d+)?/g;

/** Reads a condition as EXPLAIN prints it, every comparison between parentheses. */
export function conjunctionOf(expression: string): Conjunction {
  return conjunction(expression.replaceAll(subqueries, 'NULL'));
}

function conjunction(text: string): Conjunction {
  const parts = split(text, 'AND').map((part) => ({ part, arms: split(part, 'OR') }));
  return {
    conditions: parts.flatMap(({ part, arms }) => (arms.length > 1 ? [] : conditionsOf(part))),
    alternatives: parts.flatMap(({ arms }) => (arms.length > 1 ? [arms.map(conjunction)] : [])),
  };
}

/** The operands of a condition that consists of them, without the parentheses around the whole. */
function split(text: string, by: 'AND' | 'OR'): readonly string[] {
  const inner = withoutParentheses(text);
  const parts: string[] = [];
  let start = 0;
  for (const { at, word } of topLevelWords(inner)) {
    if (word !== by) continue;
    parts.push(inner.slice(start, at));
    start = at + word.length;
  }
  return [...parts, inner.slice(start)].map(withoutParentheses);
}

function withoutParentheses(text: string): string {
  let inner = text.trim();
  while (inner.startsWith('(') && closing(inner) === inner.length - 1) inner = inner.slice(1, -1).trim();
  return inner;
}

/** Strings, quoted names, parentheses and words of a text. */
const tokens = /'(?:[^']|'')*'|"(?:[^"]|"")*"|[()]|[\p{L}_][\p{L}\p{N}_$]*/gu;

/** Where the parenthesis that a text begins with is closed. */
function closing(text: string): number {
  let depth = 0;
  for (const { 0: token, index } of text.matchAll(tokens)) {
    if (token === '(') depth += 1;
    if (token === ')') depth -= 1;
    if (depth === 0) return index;
  }
  return -1;
}

function* topLevelWords(text: string): Generator<{ readonly at: number; readonly word: string }> {
  let depth = 0;
  for (const { 0: token, index } of text.matchAll(tokens)) {
    if (token === '(') depth += 1;
    else if (token === ')') depth -= 1;
    else if (depth === 0) yield { at: index, word: token };
  }
}

const mirrored: ReadonlyMap<string, string> = new Map([
  ['<', '>'],
  ['>', '<'],
  ['<=', '>='],
  ['>=', '<='],
  ['=', '='],
  ['@>', '<@'],
  ['<@', '@>'],
  ['&&', '&&'],
]);

function conditionsOf(text: string): readonly Condition[] {
  const root = parseExpression(text);
  if (root === null) return [];
  if ('A_Expr' in root) return comparisonsOf(text, root.A_Expr);
  const [operand, operator] = tested(root);
  const key = operand === null ? null : keyOf(operandText(text), operand);
  if (key === null) return [];
  return [{ key, operator, constant: null, partners: [], text: withoutAliases(text, root) }];
}

/** What is tested for being null or true. */
function tested(node: Node): readonly [Node | null, string] {
  if ('NullTest' in node) {
    const { arg = null, nulltesttype } = node.NullTest;
    return [arg, nulltesttype === 'IS_NULL' ? 'IS NULL' : 'IS NOT NULL'];
  }
  if ('ColumnRef' in node) return [node, 'IS TRUE'];
  if ('BoolExpr' in node && node.BoolExpr.boolop === 'NOT_EXPR') {
    const [arg = null] = node.BoolExpr.args ?? [];
    return [arg !== null && 'ColumnRef' in arg ? arg : null, 'IS FALSE'];
  }
  return [null, ''];
}

function operandText(text: string): string {
  return text.replace(/ IS (NOT )?NULL$/, '').replace(/^NOT /, '');
}

type Comparison = Extract<Node, { A_Expr: unknown }>['A_Expr'];

function comparisonsOf(text: string, comparison: Comparison): readonly Condition[] {
  const { kind, lexpr, rexpr, location = 0 } = comparison;
  const last = comparison.name?.at(-1);
  const operator = last !== undefined && 'String' in last ? (last.String.sval ?? '') : '';
  if (lexpr === undefined || rexpr === undefined) return [];
  if (kind !== 'AEXPR_OP' && kind !== 'AEXPR_OP_ANY') return [];
  const at = new ByteOffsets(`SELECT ${text}`).offsetOf(location) - 'SELECT '.length;
  const whole = withoutAliases(text, { A_Expr: comparison });
  const condition = (side: Node, sideText: string, other: Node, as: string): readonly Condition[] => {
    const key = keyOf(sideText, side);
    const partners = aliasesIn(other);
    if (key === null || partners.includes(key.alias)) return [];
    return [{ key, operator: as, constant: constantOf(other), partners, text: whole }];
  };
  const reversed = kind === 'AEXPR_OP' ? mirrored.get(operator) : undefined;
  return [
    ...condition(lexpr, text.slice(0, at), rexpr, operator),
    ...(reversed === undefined ? [] : condition(rexpr, text.slice(at + operator.length), lexpr, reversed)),
  ];
}

function keyOf(text: string, node: Node): ComparedKey | null {
  const references = [...walk(node)].filter((each) => 'ColumnRef' in each).length;
  const columns = [...walk(node)].flatMap((each) => pathOf(each) ?? []);
  const [first] = columns;
  if (first === undefined || references !== columns.length) return null;
  if (columns.some(({ alias }) => alias !== first.alias) || hasParameters(node)) return null;
  const inner = 'TypeCast' in node ? node.TypeCast.arg : undefined;
  const cast = inner !== undefined && 'ColumnRef' in inner;
  return {
    alias: first.alias,
    text: withoutAliases(withoutParentheses(text), null),
    columns: [...new Set(columns.map(({ column }) => column))],
    column: 'ColumnRef' in node || cast ? first.column : null,
    castTo: 'TypeCast' in node ? typeNameOf(node.TypeCast.typeName?.names) : null,
  };
}

function hasParameters(node: Node): boolean {
  return [...walk(node)].some((each) => 'ParamRef' in each);
}

function pathOf(node: Node): { readonly alias: string; readonly column: string } | null {
  const path = columnReference(node) ?? [];
  const [alias = '', column] = path.length === 1 ? ['', ...path] : path;
  return column === undefined || column === '*' || path.length > 2 ? null : { alias, column };
}

function aliasesIn(node: Node): readonly string[] {
  return [...new Set([...walk(node)].flatMap((each) => pathOf(each)?.alias ?? []))];
}

function typeNameOf(names: readonly Node[] | undefined): string {
  const last = names?.at(-1);
  return last !== undefined && 'String' in last ? (last.String.sval ?? '') : '';
}

/** Text of a constant, a cast one too. */
function constantOf(node: Node): string | null {
  if ('TypeCast' in node) return node.TypeCast.arg === undefined ? null : constantOf(node.TypeCast.arg);
  if (!('A_Const' in node)) return null;
  const { ival, fval, sval, boolval, isnull } = node.A_Const;
  if (isnull) return null;
  if (sval !== undefined) return sval.sval ?? '';
  if (fval !== undefined) return fval.fval ?? '0';
  if (boolval !== undefined) return String(boolval.boolval ?? false);
  return ival === undefined ? null : String(ival.ival ?? 0);
}

/** A name and the dot after it, before another name, as the server prints them. */
const qualifier = /^(?:"(?:[^"]|"")*"|[\p{L}_][\p{L}\p{N}_$]*)\.(?=["\p{L}_])/u;

/** The text with columns named without their relation. */
function withoutAliases(text: string, root: Node | null): string {
  const node = root ?? parseExpression(text);
  const locations = [...walk(node)].flatMap((each) =>
    'ColumnRef' in each && pathOf(each) !== null ? [each.ColumnRef.location ?? 0] : [],
  );
  const offsets = new ByteOffsets(`SELECT ${text}`);
  let result = '';
  let copied = 0;
  for (const location of locations.toSorted((a, b) => a - b)) {
    const at = offsets.offsetOf(location) - 'SELECT '.length;
    result += text.slice(copied, at);
    copied = at + (qualifier.exec(text.slice(at))?.[0].length ?? 0);
  }
  return (result + text.slice(copied)).trim();
}

/** A key that rows are sorted by. */
export interface SortedKey {
  readonly key: ComparedKey;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

/** Reads a sort key as EXPLAIN prints it: `o.created_at DESC NULLS LAST`. Null for what no index can be built on. */
export function sortedKey(text: string): SortedKey | null {
  const [, nulls] = / NULLS (FIRST|LAST)$/.exec(text) ?? [];
  const ordered = text.replace(/ NULLS (?:FIRST|LAST)$/, '');
  const descending = ordered.endsWith(' DESC');
  const expression = withoutParentheses(ordered.replace(/ DESC$/, ''));
  const root = parseExpression(expression);
  const key = root === null ? null : keyOf(expression, root);
  if (key === null) return null;
  return { key, descending, nullsFirst: nulls === undefined ? descending : nulls === 'FIRST' };
}

/** The column whose least or greatest value an expression asks for. */
export function extremeOf(expression: string): ComparedKey | null {
  const root = parseExpression(expression);
  if (root === null || !('FuncCall' in root)) return null;
  const name = typeNameOf(root.FuncCall.funcname);
  const [argument, ...more] = root.FuncCall.args ?? [];
  if ((name !== 'min' && name !== 'max') || argument === undefined || more.length > 0) return null;
  return keyOf(expression.slice(expression.indexOf('(') + 1, -1), argument);
}
