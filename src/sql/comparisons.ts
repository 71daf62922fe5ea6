import { columnReference, walk } from './expression.ts';
import type { Node } from './grammar.ts';
import { statementsOf } from './statements.ts';

/** A column that a statement compares with a constant. */
export interface ComparedConstant {
  /** Plain names of all relations that the statement names: the column is one of theirs. */
  readonly relations: readonly string[];
  readonly column: string;
  /** `=`, also for IN; `<`, `<=`, `>`, `>=`, `<>`; `~~` for LIKE, `~~*` for ILIKE; `BETWEEN`. */
  readonly operator: string;
  readonly constant: string;
}

/**
 * Which constants the statements of a text compare columns with, those within the bodies of blocks and functions
 * included. Empty for a text that cannot be read.
 */
export function comparedConstants(text: string): readonly ComparedConstant[] {
  const parsed = statementsOf(text);
  if (parsed.kind === 'unreadable') return [];
  return parsed.value.flatMap(({ node }) => {
    const relations = relationNames(node);
    const own = [...walk(node)].flatMap((each) =>
      comparisonsOf(each).map((comparison) => ({ relations, ...comparison })),
    );
    return [...own, ...bodiesOf(node).flatMap(embedded).flatMap(comparedConstants)];
  });
}

/** Texts of the bodies in a DO block or the definition of a function. */
function bodiesOf(node: Node): readonly string[] {
  if (!('DoStmt' in node || 'CreateFunctionStmt' in node)) return [];
  return [...walk(node)].flatMap((each) => {
    if (!('DefElem' in each) || each.DefElem.defname !== 'as') return [];
    return [...walk(each.DefElem.arg)].flatMap((part) => ('String' in part ? (part.String.sval ?? '') : []));
  });
}

/** What looks like a statement within a body, whatever its language; what is none cannot be read. */
function embedded(body: string): readonly string[] {
  return body.match(/\b(?:update|delete|insert|select|with|merge)\b(?:(?!\bloop\b)[^;])*/gi) ?? [];
}

/** Plain names of the relations in a statement. */
function relationNames(node: Node): readonly string[] {
  const found: string[] = [];
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if ('relname' in value && typeof value.relname === 'string') found.push(value.relname);
    for (const each of Object.values(value)) visit(each);
  };
  visit(node);
  return [...new Set(found)];
}

type Comparison = Omit<ComparedConstant, 'relations'>;

const operators: ReadonlySet<string> = new Set(['=', '<', '<=', '>', '>=', '<>', '~~', '~~*', 'BETWEEN']);

const mirrored: Readonly<Record<string, string>> = { '<': '>', '>': '<', '<=': '>=', '>=': '<=' };

function comparisonsOf(node: Node): readonly Comparison[] {
  if (!('A_Expr' in node)) return [];
  const { name, lexpr, rexpr } = node.A_Expr;
  const last = name?.at(-1);
  const operator = last !== undefined && 'String' in last ? (last.String.sval ?? '') : '';
  if (lexpr === undefined || rexpr === undefined || !operators.has(operator)) return [];
  const left = columnOf(lexpr);
  if (left !== null) return constantsOf(rexpr).map((constant) => ({ column: left, operator, constant }));
  const right = columnOf(rexpr);
  if (right === null) return [];
  const other = mirrored[operator] ?? operator;
  return constantsOf(lexpr).map((constant) => ({ column: right, operator: other, constant }));
}

/** Name of the column that an expression consists of, but for casts and functions of one argument. */
function columnOf(node: Node): string | null {
  if ('TypeCast' in node) return node.TypeCast.arg === undefined ? null : columnOf(node.TypeCast.arg);
  if ('FuncCall' in node) {
    const [argument, ...more] = node.FuncCall.args ?? [];
    return argument === undefined || more.length > 0 ? null : columnOf(argument);
  }
  return columnReference(node)?.at(-1) ?? null;
}

function constantsOf(node: Node): readonly string[] {
  return [...walk(node)].flatMap((each) => constantText(each) ?? []);
}

/** Text of a constant that is no NULL and no truth value; null for other nodes. */
export function constantText(node: Node): string | null {
  if (!('A_Const' in node)) return null;
  const { ival, fval, sval } = node.A_Const;
  if (sval !== undefined) return sval.sval ?? '';
  if (fval !== undefined) return fval.fval ?? '0';
  // libpg_query leaves out what is 0.
  return ival === undefined ? null : String(ival.ival ?? 0);
}
