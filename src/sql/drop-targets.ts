import { walk } from './expression.ts';
import { type Node, parse } from './grammar.ts';

/**
 * Plain names of what a statement says that it drops: objects of DROP, columns and constraints of ALTER TABLE. Null
 * for other statements, which may still drop something, such as a block of code.
 */
export function dropTargets(sql: string): ReadonlySet<string> | null {
  const parsed = parse(sql);
  const statement = parsed.kind === 'parsed' ? parsed.value.stmts?.[0]?.stmt : undefined;
  if (statement === undefined) return null;
  if ('DropStmt' in statement) return new Set((statement.DropStmt.objects ?? []).flatMap(lastName));
  if (!('AlterTableStmt' in statement)) return null;
  return new Set(
    (statement.AlterTableStmt.cmds ?? []).flatMap((command) => {
      if (!('AlterTableCmd' in command)) return [];
      const { subtype, name } = command.AlterTableCmd;
      return name !== undefined && dropping.has(subtype ?? '') ? [name] : [];
    }),
  );
}

const dropping: ReadonlySet<string> = new Set(['AT_DropColumn', 'AT_DropConstraint']);

/** The last part of a qualified name, whatever kinds of nodes hold it. */
function lastName(object: Node): readonly string[] {
  if ('ObjectWithArgs' in object) return namesIn(object.ObjectWithArgs.objname).slice(-1);
  if ('TypeName' in object) return namesIn(object.TypeName.names).slice(-1);
  return namesIn([object]).slice(-1);
}

function namesIn(nodes: readonly Node[] | undefined): readonly string[] {
  return [...walk(nodes)].flatMap((node) => ('String' in node ? [node.String.sval ?? ''] : []));
}
