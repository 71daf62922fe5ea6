import type { Node } from '../grammar.ts';
import { ofCalendar } from './calendar.ts';
import { ofNumbers } from './numbers.ts';
import { answersOfPlans, equal, type Rewriter } from './rewriting.ts';
import { aliasesIn, type Source, sourcesOf } from './sources.ts';
import { operatorOf, replaced, type Select } from './tree.ts';

const mirrored: Readonly<Record<string, string>> = { '=': '=', '<': '>', '>': '<', '<=': '>=', '>=': '<=' };

/**
 * Comparisons of what is computed from a column, with the column alone on its side, so that an index of it serves.
 * That of `lower(email)` has no such form: it needs an index of the expression.
 */
export const columnAlone: Rewriter = (query, tables) => {
  const sources = sourcesOf(query, tables);
  if (sources === null) return [];
  let count = 0;
  const alone = (node: Node): Node | null => {
    const form = comparisonOf(node, sources);
    if (form !== null) count += 1;
    return form;
  };
  const rewritten: Select = {
    ...query,
    ...(query.whereClause === undefined ? {} : replaced({ whereClause: query.whereClause }, alone)),
    ...(query.fromClause === undefined ? {} : replaced({ fromClause: query.fromClause }, alone)),
  };
  if (count === 0) return [];
  return [
    {
      title: 'Compare the column itself, so that its index serves',
      select: rewritten,
      answers: ['query/function-on-column', 'query/implicit-cast', ...answersOfPlans],
      nature: equal,
    },
  ];
};

/** A comparison in its other form, or null. */
function comparisonOf(node: Node, sources: readonly Source[]): Node | null {
  if ('A_Expr' in node && node.A_Expr.kind === 'AEXPR_BETWEEN') return rangeOf(node, sources);
  const operator = operatorOf(node);
  if (operator === null || !('A_Expr' in node)) return null;
  const { lexpr, rexpr } = node.A_Expr;
  const other = mirrored[operator];
  if (other === undefined || lexpr === undefined || rexpr === undefined) return null;
  return formOf(lexpr, operator, rexpr, sources) ?? formOf(rexpr, other, lexpr, sources);
}

function formOf(wrapped: Node, operator: string, value: Node, sources: readonly Source[]): Node | null {
  // What varies from row to row is no bound for an index, unless it is of another table.
  const inside = aliasesIn(wrapped, sources);
  const outside = aliasesIn(value, sources);
  if (inside === null || outside === null || [...outside].some((alias) => inside.has(alias))) return null;
  return ofCalendar(wrapped, operator, value, sources) ?? ofNumbers(wrapped, operator, value, sources);
}

function rangeOf(node: Node, sources: readonly Source[]): Node | null {
  if (!('A_Expr' in node) || node.A_Expr.lexpr === undefined) return null;
  const { lexpr, rexpr } = node.A_Expr;
  const [from, to] = rexpr !== undefined && 'List' in rexpr ? (rexpr.List.items ?? []) : [];
  if (from === undefined || to === undefined) return null;
  const lower = formOf(lexpr, '>=', from, sources);
  const upper = formOf(lexpr, '<=', to, sources);
  return lower === null || upper === null ? null : { BoolExpr: { boolop: 'AND_EXPR', args: [lower, upper] } };
}
