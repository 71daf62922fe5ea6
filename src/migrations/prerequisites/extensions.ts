import type { Node } from '../../sql/grammar.ts';
import type { Assumptions } from './assumptions.ts';
import { unquoted } from './roles.ts';

/** An extension that a text creates. */
export interface NamedExtension {
  readonly name: string;
  readonly schema: string | null;
}

/** Who can create an extension that the server has. */
export interface AvailableExtension {
  /** The owner can, if it is marked as trusted or wants no superuser (PostgreSQL documentation, "Extension Control Files"). */
  readonly by: 'owner' | 'superuser';
  readonly versions: ReadonlySet<string>;
}

/** Whose functions reach other hosts, which a change under review must not. */
const reachesOut: ReadonlySet<string> = new Set(['dblink', 'postgres_fdw', 'file_fdw', 'http', 'pg_net']);

/** What becomes of an extension that migrations create. */
export type ExtensionFate =
  | 'created by its migration'
  | 'created beforehand'
  | 'not available'
  | 'reaches out';

export function fateOf(name: string, available: ReadonlyMap<string, AvailableExtension>): ExtensionFate {
  const extension = available.get(name);
  if (extension === undefined) return 'not available';
  if (reachesOut.has(name)) return 'reaches out';
  return extension.by === 'owner' ? 'created by its migration' : 'created beforehand';
}

/** Extensions that only a superuser can create, each once. A wrapper of one's own stands for one of that name. */
export function createdBeforehand(
  { extensions, wrappers }: Pick<Assumptions, 'extensions' | 'wrappers'>,
  available: ReadonlyMap<string, AvailableExtension>,
): readonly NamedExtension[] {
  const wanted = extensions.filter(
    ({ name }) => fateOf(name, available) === 'created beforehand' && !wrappers.has(name),
  );
  return [...new Map(wanted.toReversed().map((each) => [each.name, each])).values()].toReversed();
}

/** Extensions that a text names, whatever it does with them. */
export function extensionsNamedIn(text: string): readonly string[] {
  const named = text.matchAll(
    /\bextension\s+(?:if\s+(?:not\s+)?exists\s+)?("(?:[^"]|"")+"|[a-z_][\w$]*)((?:\s*,\s*(?:"(?:[^"]|"")+"|[a-z_][\w$]*))*)/gi,
  );
  return [...named].flatMap(([, name = '', others = '']) => [name, ...others.split(',')].flatMap(nameOf));
}

function nameOf(text: string): readonly string[] {
  return text.trim() === '' ? [] : [unquoted(text.trim())];
}

type CreateExtension = Extract<Node, { CreateExtensionStmt: unknown }>;

export function extensionOf(node: CreateExtension): NamedExtension {
  return { name: node.CreateExtensionStmt.extname ?? '', schema: optionOf(node, 'schema')?.value ?? null };
}

/** The version that CREATE EXTENSION asks for, and where its value stands, in characters of the text. */
export function versionOf(
  node: CreateExtension,
): { readonly value: string; readonly location: number } | null {
  return optionOf(node, 'new_version');
}

function optionOf(node: CreateExtension, name: string) {
  for (const option of node.CreateExtensionStmt.options ?? []) {
    if (!('DefElem' in option) || option.DefElem.defname !== name) continue;
    const { arg, location = 0 } = option.DefElem;
    if (arg !== undefined && 'String' in arg) return { value: arg.String.sval ?? '', location };
  }
  return null;
}
