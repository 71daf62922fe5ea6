import { walk } from './expression.ts';
import { type Node, parse } from './grammar.ts';

type Constraint = Extract<Node, { Constraint: unknown }>['Constraint'];

/** Reads a constraint as pg_get_constraintdef prints it; null where the grammar knows nothing of it. */
function parseConstraint(definition: string): Constraint | null {
  const parsed = parse(`ALTER TABLE t ADD ${definition}`);
  if (parsed.kind === 'unreadable') return null;
  const nodes = [...walk((parsed.value.stmts ?? []).map(({ stmt }) => stmt))];
  return nodes.flatMap((node) => ('Constraint' in node ? [node.Constraint] : []))[0] ?? null;
}

/**
 * Functions that a constraint calls, as they are written there: `public.is_email`, `now`. What SQL calls without
 * parentheses is in capitals: `CURRENT_DATE`.
 */
export function functionsOf(definition: string): readonly string[] {
  const expression = parseConstraint(definition)?.raw_expr;
  const names = [...walk(expression)].flatMap((node): readonly string[] => {
    if ('FuncCall' in node) return [nameOf(node.FuncCall.funcname ?? [])];
    if ('SQLValueFunction' in node) return [valueFunction(node.SQLValueFunction.op ?? '')];
    return [];
  });
  return [...new Set(names)];
}

/** Columns that ON DELETE SET NULL (column, ...) names; null where the action is for all of the key. */
export function columnsSetOnDelete(definition: string): readonly string[] | null {
  const columns = parseConstraint(definition)?.fk_del_set_cols;
  return columns?.flatMap((column) => ('String' in column ? [column.String.sval ?? ''] : [])) ?? null;
}

function nameOf(parts: readonly Node[]): string {
  return parts.flatMap((part) => ('String' in part ? [part.String.sval ?? ''] : [])).join('.');
}

/** `SVFOP_CURRENT_TIMESTAMP_N` is CURRENT_TIMESTAMP with a precision. */
function valueFunction(op: string): string {
  return op.replace(/^SVFOP_/, '').replace(/_N$/, '');
}
