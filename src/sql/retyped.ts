import { statementsOf } from './statements.ts';

/** A column that ALTER TABLE gives another type. */
export interface RetypedColumn {
  readonly schema: string | null;
  readonly table: string;
  readonly column: string;
}

/** The columns whose types the statements of a text change. */
export function retypedColumns(text: string): readonly RetypedColumn[] {
  const parsed = statementsOf(text);
  if (parsed.kind === 'unreadable') return [];
  return parsed.value.flatMap(({ node }): readonly RetypedColumn[] => {
    if (!('AlterTableStmt' in node)) return [];
    const { relation, cmds } = node.AlterTableStmt;
    const table = relation?.relname;
    if (table === undefined) return [];
    return (cmds ?? []).flatMap((command): readonly RetypedColumn[] => {
      if (!('AlterTableCmd' in command) || command.AlterTableCmd.subtype !== 'AT_AlterColumnType') return [];
      return [{ schema: relation?.schemaname ?? null, table, column: command.AlterTableCmd.name ?? '' }];
    });
  });
}
