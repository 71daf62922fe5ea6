import type { Node } from '../../sql/grammar.ts';
import { kindOf } from '../../sql/kind.ts';
import { extensionOf } from './extensions.ts';
import { textsOf, unquoted } from './roles.ts';

/** Schemas that a statement needs, other than those that every database has. */
export function schemasUsedIn(node: Node): readonly string[] {
  return namesIn(node).flatMap(ownSchema);
}

/** The schema, if it is none that every database has. */
export function ownSchema(name: string | null): readonly string[] {
  return name === null || /^(public|information_schema|pg_.*|\$user|)$/.test(name) ? [] : [name];
}

function namesIn(node: Node): readonly string[] {
  if (kindOf(node) === 'query' || 'DropStmt' in node) return [];
  if ('VariableSetStmt' in node) {
    const { name, args } = node.VariableSetStmt;
    return name === 'search_path' ? textsOf(args).map((text) => text.trim()) : [];
  }
  if ('GrantStmt' in node && node.GrantStmt.objtype === 'OBJECT_SCHEMA')
    return stringsOf(node.GrantStmt.objects);
  if ('CreateFunctionStmt' in node) return qualifier(node.CreateFunctionStmt.funcname);
  if ('CreateEnumStmt' in node) return qualifier(node.CreateEnumStmt.typeName);
  if ('CreateDomainStmt' in node) return qualifier(node.CreateDomainStmt.domainname);
  if ('CreateRangeStmt' in node) return qualifier(node.CreateRangeStmt.typeName);
  if ('DefineStmt' in node) return qualifier(node.DefineStmt.defnames);
  if ('CreateExtensionStmt' in node) return [extensionOf(node).schema ?? ''];
  if ('AlterObjectSchemaStmt' in node) return [node.AlterObjectSchemaStmt.newschema ?? ''];
  return relationSchemas(node);
}

/** Schemas of all relations that a statement names (`schemaname` of RangeVar). */
function relationSchemas(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) =>
    key === 'schemaname' && typeof each === 'string' ? [each] : relationSchemas(each),
  );
}

function stringsOf(nodes: readonly Node[] | undefined): readonly string[] {
  return (nodes ?? []).flatMap((node) => ('String' in node ? (node.String.sval ?? []) : []));
}

function qualifier(name: readonly Node[] | undefined): readonly string[] {
  return stringsOf(name).slice(0, -1);
}

const creation =
  /\bcreate\s+schema\s+(?:if\s+not\s+exists\s+)?(?:authorization\s+)?("(?:[^"]|"")+"|[a-z_][\w$]*)/gi;
const renaming = /\balter\s+schema\s+\S+\s+rename\s+to\s+("(?:[^"]|"")+"|[a-z_][\w$]*)/gi;

/**
 * Schemas that a text creates, in bodies and executed strings too. Null where it puts names of schemas together, so
 * that any schema may be one of its own.
 */
export function schemasCreatedIn(text: string): ReadonlySet<string> | null {
  if (/\bcreate\s+schema\b[^;]*?(?:%[Is]|'\s*\|\|)/i.test(text)) return null;
  const names = [...text.matchAll(creation), ...text.matchAll(renaming)];
  return new Set(names.map(([, name = '']) => unquoted(name)));
}
