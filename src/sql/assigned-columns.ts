import { walk } from './expression.ts';
import { type Node, parse } from './grammar.ts';

/** Names of the columns that the rows of a query are updated in, also by ON CONFLICT and MERGE. */
export function assignedColumns(sql: string): readonly string[] {
  const parsed = parse(sql);
  if (parsed.kind === 'unreadable') return [];
  const nodes = (parsed.value.stmts ?? []).flatMap(({ stmt }) => [...walk(stmt)]);
  return [...new Set(nodes.flatMap((node) => targetsOf(node).flatMap(nameOf)))];
}

function targetsOf(node: Node): readonly Node[] {
  if ('UpdateStmt' in node) return node.UpdateStmt.targetList ?? [];
  if ('InsertStmt' in node) return node.InsertStmt.onConflictClause?.targetList ?? [];
  if ('MergeWhenClause' in node && node.MergeWhenClause.commandType === 'CMD_UPDATE')
    return node.MergeWhenClause.targetList ?? [];
  return [];
}

function nameOf(target: Node): readonly string[] {
  return 'ResTarget' in target && target.ResTarget.name !== undefined ? [target.ResTarget.name] : [];
}
