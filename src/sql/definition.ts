import type { Node } from './grammar.ts';
import { nodeType } from './kind.ts';
import { mentionsOf } from './mentions.ts';

/** A statement that makes, alters or drops objects of a schema. */
export interface Definition {
  /** Names of relations in it, without their schemas. */
  readonly relations: readonly string[];
  /** The relation that it makes, where that goes with the session; else null. */
  readonly temporary: string | null;
}

type RangeVar = NonNullable<Extract<Node, { CreateStmt: unknown }>['CreateStmt']['relation']>;

/** What keeps a schema as it is, such as REINDEX, is none; nor is what is about databases and roles. */
const types: ReadonlySet<string> = new Set([
  'AlterDomainStmt',
  'AlterEnumStmt',
  'AlterExtensionStmt',
  'AlterFunctionStmt',
  'AlterObjectSchemaStmt',
  'AlterPolicyStmt',
  'AlterSeqStmt',
  'AlterTableStmt',
  'AlterTypeStmt',
  'CompositeTypeStmt',
  'CreateDomainStmt',
  'CreateEnumStmt',
  'CreateExtensionStmt',
  'CreateFunctionStmt',
  'CreatePolicyStmt',
  'CreateRangeStmt',
  'CreateSchemaStmt',
  'CreateSeqStmt',
  'CreateStatsStmt',
  'CreateStmt',
  'CreateTableAsStmt',
  'CreateTrigStmt',
  'DefineStmt',
  'DropStmt',
  'IndexStmt',
  'RenameStmt',
  'RuleStmt',
  'SelectStmt',
  'ViewStmt',
]);

/** Reads a statement that is no query; null where it defines nothing. */
export function definitionOf(node: Node): Definition | null {
  if (!types.has(nodeType(node))) return null;
  const relations = [
    ...mentionsOf(node).relations.map(({ name }) => name),
    ...('DropStmt' in node ? droppedBy(node.DropStmt) : []),
  ];
  const made = madeBy(node);
  return { relations, temporary: made?.relpersistence === 't' ? (made.relname ?? null) : null };
}

/** The last part of each name. */
function droppedBy({ objects = [] }: Extract<Node, { DropStmt: unknown }>['DropStmt']): readonly string[] {
  return objects.flatMap((object) => {
    const name = 'List' in object ? object.List.items?.at(-1) : object;
    return name !== undefined && 'String' in name ? [name.String.sval ?? ''] : [];
  });
}

function madeBy(node: Node): RangeVar | undefined {
  if ('CreateStmt' in node) return node.CreateStmt.relation;
  if ('CreateTableAsStmt' in node) return node.CreateTableAsStmt.into?.rel;
  if ('SelectStmt' in node) return node.SelectStmt.intoClause?.rel;
  if ('ViewStmt' in node) return node.ViewStmt.view;
  return 'CreateSeqStmt' in node ? node.CreateSeqStmt.sequence : undefined;
}
