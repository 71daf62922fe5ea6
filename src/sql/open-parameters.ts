import { columnReference, walk } from './expression.ts';
import { type Node, parse } from './grammar.ts';
import { numberOf, withoutCasts } from './parameters.ts';
import { ByteOffsets } from './position.ts';

/** An operator or function and the parameters below it whose types the text leaves open. */
export interface OpenParameters {
  /** Where its name stands, in UTF-16 units. */
  readonly offset: number;
  /** `||`, `+`, or null for a function. */
  readonly operator: string | null;
  readonly numbers: readonly number[];
}

/** Operators and functions of a text that are applied to parameters without a cast, inner ones last. */
export function openParameters(sql: string): readonly OpenParameters[] {
  const parsed = parse(sql);
  const statement = parsed.kind === 'parsed' ? parsed.value.stmts?.[0]?.stmt : undefined;
  const found = [...walk(statement)].flatMap((node) => {
    if (!('A_Expr' in node || 'FuncCall' in node)) return [];
    const numbers = openBelow(node);
    if (numbers.length === 0) return [];
    const location = ('A_Expr' in node ? node.A_Expr : node.FuncCall).location ?? 0;
    return [{ location, operator: 'A_Expr' in node ? operatorOf(node.A_Expr.name) : null, numbers }];
  });
  const offsets = new ByteOffsets(sql);
  const sorted = [...new Set(found.map(({ location }) => location))].toSorted((a, b) => a - b);
  const offsetOf = new Map(sorted.map((location) => [location, offsets.offsetOf(location)]));
  return found.map(({ location, operator, numbers }) => ({
    offset: offsetOf.get(location) ?? 0,
    operator,
    numbers,
  }));
}

/** A column that a text compares with a parameter. */
export interface ComparedColumn {
  readonly number: number;
  /** Plain name. */
  readonly column: string;
  /** Whether the parameter is a list of its values: `= ANY ($1)`. */
  readonly isList: boolean;
}

/** Columns that parameters stand beside in comparisons, BETWEEN and IN. */
export function comparedColumns(sql: string): readonly ComparedColumn[] {
  const parsed = parse(sql);
  const statement = parsed.kind === 'parsed' ? parsed.value.stmts?.[0]?.stmt : undefined;
  return [...walk(statement)].flatMap((node): readonly ComparedColumn[] => {
    if (!('A_Expr' in node)) return [];
    const { kind, lexpr, rexpr } = node.A_Expr;
    const isList = kind === 'AEXPR_OP_ANY' || kind === 'AEXPR_OP_ALL';
    return [
      [lexpr, rexpr],
      [rexpr, lexpr],
    ].flatMap(([side, other]) => {
      const column = side === undefined ? undefined : columnReference(withoutCasts(side))?.at(-1);
      if (column === undefined || other === undefined) return [];
      const items = 'List' in other ? (other.List.items ?? []) : [other];
      return items.flatMap((item) => {
        const number = numberOf(item);
        return number === null ? [] : [{ number, column, isList }];
      });
    });
  });
}

function operatorOf(name: readonly Node[] | undefined): string | null {
  const last = name?.at(-1);
  return last !== undefined && 'String' in last ? (last.String.sval ?? null) : null;
}

/** Not those within a cast, whose type it decides, nor those within a query of their own. */
function openBelow(value: unknown): readonly number[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('TypeCast' in value || 'SubLink' in value) return [];
  if ('ParamRef' in value) {
    return [...walk(value)].flatMap((node) => numberOf(node) ?? []);
  }
  return Object.values(value).flatMap(openBelow);
}
