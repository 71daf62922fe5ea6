import type { ParsedStatement } from '../../sql/statements.ts';
import { statementsOf } from '../../sql/statements.ts';
import { extensionOf, type NamedExtension } from './extensions.ts';
import { type Membership, membershipsIn, rolesCreatedIn, rolesIn } from './roles.ts';
import { schemasCreatedIn, schemasUsedIn } from './schemas.ts';

/** What texts take for granted of the server and database that they run in. */
export interface Assumptions {
  /** Roles that they name or create: roles belong to the server, not to a database. */
  readonly roles: ReadonlySet<string>;
  /** Those of the roles that own things or act. */
  readonly acting: ReadonlySet<string>;
  readonly memberships: readonly Membership[];
  /** Schemas that they use and do not create. */
  readonly schemas: ReadonlySet<string>;
  /** Settings of their own that they read, and that must be set for that. */
  readonly settings: ReadonlySet<string>;
  readonly extensions: readonly NamedExtension[];
  /** Foreign-data wrappers that their servers belong to. */
  readonly wrappers: ReadonlySet<string>;
  /** Publications that they alter and do not create. */
  readonly publications: ReadonlySet<string>;
}

/** Text without any of these takes nothing for granted; spares parsing it. */
const mayAssume = new RegExp(
  [
    String.raw`\b(role|user|group|owner|owned|authorization|grant|revoke|policy|privileges|extension|publication)\b`,
    String.raw`\b(subscription|server|wrapper|current_setting|search_path|schema)\b`,
    String.raw`[\w"]\s*\.\s*["a-z_]`,
  ].join('|'),
  'i',
);

/** Reads what texts take for granted. A text that the grammar refuses is read as far as words go. */
export function assumptionsOf(texts: readonly string[]): Assumptions {
  const relevant = texts.filter((text) => mayAssume.test(text));
  const nodes = relevant.flatMap(parsed).map(({ node }) => node);
  const roles = [...nodes.flatMap(rolesIn), ...relevant.flatMap(rolesCreatedIn)].filter(
    ({ name }) => name !== '',
  );
  const extensions = nodes.flatMap((node) => ('CreateExtensionStmt' in node ? extensionOf(node) : []));
  const altered = nodes.flatMap((node) =>
    'AlterPublicationStmt' in node ? (node.AlterPublicationStmt.pubname ?? []) : [],
  );
  const published = new Set(
    nodes.flatMap((node) => ('CreatePublicationStmt' in node ? node.CreatePublicationStmt.pubname : [])),
  );
  return {
    roles: new Set(roles.map(({ name }) => name)),
    acting: new Set(roles.flatMap(({ name, acts }) => (acts ? name : []))),
    memberships: nodes.flatMap(membershipsIn),
    schemas: schemasAssumed(nodes.flatMap(schemasUsedIn), relevant),
    settings: new Set(relevant.flatMap(settingsReadIn)),
    extensions,
    wrappers: new Set(nodes.flatMap(wrappersIn)),
    publications: new Set(altered.filter((name) => !published.has(name))),
  };
}

type Node = ParsedStatement['node'];

function parsed(text: string): readonly ParsedStatement[] {
  const statements = statementsOf(text);
  return statements.kind === 'parsed' ? statements.value : [];
}

function schemasAssumed(used: readonly string[], texts: readonly string[]): ReadonlySet<string> {
  const created = texts.map(schemasCreatedIn);
  if (created.includes(null)) return new Set();
  return new Set(used.filter((name) => !created.some((names) => names?.has(name))));
}

/** Names of `current_setting('app.user')` without its second argument, which makes a missing one NULL. */
function settingsReadIn(text: string): readonly string[] {
  const reads = text.matchAll(
    /\bcurrent_setting\s*\(\s*'([a-z_][\w$]*(?:\.[a-z_][\w$]*)+)'\s*(?:::\s*text\s*)?\)/gi,
  );
  return [...reads].map(([, name = '']) => name.toLowerCase());
}

function wrappersIn(node: Node): readonly string[] {
  if ('CreateFdwStmt' in node) return [node.CreateFdwStmt.fdwname ?? ''];
  if ('CreateForeignServerStmt' in node) return [node.CreateForeignServerStmt.fdwname ?? ''];
  return [];
}
