import type { Node } from '../../sql/grammar.ts';
import { statementsOf } from '../../sql/statements.ts';

/** Functions that restore statistics (PostgreSQL 18 documentation, "Statistics Information Functions"). */
const functions = ['pg_restore_relation_stats', 'pg_restore_attribute_stats'] as const;
type RestoreFunction = (typeof functions)[number];

/** One call of such a function: its arguments are pairs of a name and a value. */
export interface RestoreCall {
  readonly function: RestoreFunction;
  /** Values in text form; those that are NULL are missing. */
  readonly values: ReadonlyMap<string, string>;
}

/** How a call begins, and how its last line ends. */
const begins = /^\s*SELECT\b.*\bpg_restore_(?:relation|attribute)_stats\s*\(/i;
const ends = /\)\s*;\s*$/;

/**
 * The calls of a script of pg_dump. They are found by their lines, and each is read by PostgreSQL's own grammar alone:
 * a script may be too large to be read at once, and may hold more than statistics.
 *
 * @param unreadable told the line, from 1, of a call that is no SQL
 */
export function* restoreCalls(
  script: string,
  unreadable: (line: number, reason: string) => void,
): Generator<RestoreCall> {
  let call: string[] = [];
  let from = 0;
  let reason = 'it does not end';
  for (const [index, line] of script.split('\n').entries()) {
    if (call.length === 0 && !begins.test(line)) continue;
    if (call.length === 0) from = index + 1;
    call.push(line);
    if (!ends.test(line)) continue;
    const statements = statementsOf(call.join('\n'));
    if (statements.kind === 'unreadable') {
      // A value may hold a line that looks like the end of the call.
      reason = statements.problem.message;
      continue;
    }
    yield* statements.value.flatMap(({ node }) => callIn(node));
    call = [];
  }
  if (call.length > 0) unreadable(from, reason);
}

function callIn(node: Node): readonly RestoreCall[] {
  if (!('SelectStmt' in node)) return [];
  const { fromClause = [], targetList = [] } = node.SelectStmt;
  const places = [...fromClause, ...targetList];
  return places.flatMap((place) => {
    const call = functionCall(place);
    const name = functions.find((each) => each === call?.name);
    return call === null || name === undefined ? [] : [{ function: name, values: pairs(call.args) }];
  });
}

interface Call {
  readonly name: string;
  readonly args: readonly Node[];
}

/** `SELECT * FROM f(...)` and `SELECT f(...)`. */
function functionCall(place: Node): Call | null {
  let node: Node | undefined = place;
  if ('RangeFunction' in place) {
    const [item] = place.RangeFunction.functions ?? [];
    node = item !== undefined && 'List' in item ? item.List.items?.[0] : item;
  } else if ('ResTarget' in place) node = place.ResTarget.val;
  if (node === undefined || !('FuncCall' in node)) return null;
  const last = node.FuncCall.funcname?.at(-1);
  if (last === undefined || !('String' in last)) return null;
  return { name: last.String.sval ?? '', args: node.FuncCall.args ?? [] };
}

function pairs(args: readonly Node[]): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (let at = 0; at + 1 < args.length; at += 2) {
    const name = textOf(args[at]);
    const value = textOf(args[at + 1]);
    if (name !== null && value !== null) values.set(name, value);
  }
  return values;
}

/** A constant in text form, whatever type it is cast to. */
function textOf(node: Node | undefined): string | null {
  if (node === undefined) return null;
  if ('TypeCast' in node) return textOf(node.TypeCast.arg);
  // The grammar keeps a sign apart from its number.
  if ('A_Expr' in node) {
    const number = textOf(node.A_Expr.rexpr);
    return number === null || node.A_Expr.lexpr !== undefined ? null : `-${number}`;
  }
  if (!('A_Const' in node)) return null;
  const { sval, ival, fval, boolval } = node.A_Const;
  // Protobuf leaves out what is 0, false or empty.
  if (sval !== undefined) return sval.sval ?? '';
  if (ival !== undefined) return String(ival.ival ?? 0);
  if (fval !== undefined) return fval.fval ?? '0';
  if (boolval !== undefined) return String(boolval.boolval ?? false);
  return null;
}
