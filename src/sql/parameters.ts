import { walk } from './expression.ts';
import { type Node, parse } from './grammar.ts';
import { ByteOffsets } from './position.ts';

/** Where a text has a parameter: from and to in UTF-16 units; `to` is not part of it. */
export interface ParameterPlace {
  readonly number: number;
  readonly from: number;
  readonly to: number;
}

/** All parameters of a text in their order there; none where it cannot be read. */
export function parameterPlaces(sql: string): readonly ParameterPlace[] {
  const parsed = parse(sql);
  if (parsed.kind !== 'parsed') return [];
  const numbers = new Map<number, number>();
  // The tree repeats what stands once in the text, such as the source of `SET (a, b) = (...)`.
  for (const statement of parsed.value.stmts ?? []) {
    for (const node of walk(statement.stmt)) {
      if ('ParamRef' in node) numbers.set(node.ParamRef.location ?? 0, node.ParamRef.number ?? 0);
    }
  }
  const offsets = new ByteOffsets(sql);
  return [...numbers]
    .toSorted(([a], [b]) => a - b)
    .map(([location, number]) => {
      const from = offsets.offsetOf(location);
      return { number, from, to: from + (/^\$\d+/.exec(sql.slice(from))?.[0].length ?? 0) };
    });
}

/** The text with something else in place of each parameter. */
export function replaceParameters(sql: string, instead: (number: number) => string): string {
  let text = '';
  let done = 0;
  for (const { number, from, to } of parameterPlaces(sql)) {
    text += `${sql.slice(done, from)}${instead(number)}`;
    done = to;
  }
  return text + sql.slice(done);
}

/** The clause of a SELECT that takes a number of rows. */
export type RowCountClause = 'LIMIT' | 'OFFSET';

/** Parameters that are nothing but the value of a LIMIT or OFFSET, by number. */
export function rowCountParameters(sql: string): ReadonlyMap<number, RowCountClause> {
  const parsed = parse(sql);
  const statement = parsed.kind === 'parsed' ? parsed.value.stmts?.[0]?.stmt : undefined;
  const clauses = new Map<number, RowCountClause>();
  const uses = new Map<number, number>();
  for (const node of walk(statement)) {
    if ('ParamRef' in node) uses.set(numberOf(node) ?? 0, (uses.get(numberOf(node) ?? 0) ?? 0) + 1);
    if (!('SelectStmt' in node)) continue;
    for (const [clause, value] of [
      ['LIMIT', node.SelectStmt.limitCount],
      ['OFFSET', node.SelectStmt.limitOffset],
    ] as const) {
      const number = value === undefined ? null : numberOf(withoutCasts(value));
      if (number !== null) clauses.set(number, clause);
    }
  }
  return new Map([...clauses].filter(([number]) => uses.get(number) === 1));
}

/** Number of the parameter that a node is, or null. */
export function numberOf(node: Node): number | null {
  return 'ParamRef' in node ? (node.ParamRef.number ?? 0) : null;
}

/** What an expression is before it is cast. */
export function withoutCasts(node: Node): Node {
  if (!('TypeCast' in node)) return node;
  return node.TypeCast.arg === undefined ? node : withoutCasts(node.TypeCast.arg);
}
