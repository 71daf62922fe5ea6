import type { Node } from '../../sql/grammar.ts';
import { nodeType } from '../../sql/kind.ts';
import { extensionOf, fateOf } from './extensions.ts';
import type { ServerFacts } from './server-facts.ts';

/** What decides whether a statement can run on the sandbox. */
export interface Circumstances {
  readonly server: ServerFacts;
  /** Schemas that were created beforehand. */
  readonly schemas: ReadonlySet<string>;
  /** Publications that are left out where they are created. */
  readonly leftOutPublications: ReadonlySet<string>;
  /**
   * Whether the text was run in production before. Then settings that the server does not know and a schema public
   * that is there already say that its server was another one, not that it fails.
   */
  readonly hasRun: boolean;
}

/** Why a statement is not run; null where nobody needs to know, since it changes nothing that is reviewed. */
export interface LeftOut {
  readonly reason: string | null;
}

const aboutRoles =
  'not run: it is about roles, which belong to the whole server; those that it names were created beforehand';
const aboutServer = 'not run: it is about the whole server, not about this database';
const needsSuperuser = 'not run: it needs a superuser, which migrations under review are not run as';
const aboutForeignData = 'not run: it reaches outside of the database, which migrations under review may not';

/** Statements that are left out whatever they say, by the type of their node. */
const reasons: Readonly<Record<string, string>> = {
  CreateRoleStmt: aboutRoles,
  AlterRoleStmt: aboutRoles,
  AlterRoleSetStmt: aboutRoles,
  DropRoleStmt: aboutRoles,
  GrantRoleStmt: aboutRoles,
  CreatedbStmt: aboutServer,
  AlterDatabaseStmt: aboutServer,
  AlterDatabaseSetStmt: aboutServer,
  AlterDatabaseRefreshCollStmt: aboutServer,
  DropdbStmt: aboutServer,
  AlterSystemStmt: aboutServer,
  CreateTableSpaceStmt: aboutServer,
  AlterTableSpaceOptionsStmt: aboutServer,
  DropTableSpaceStmt: aboutServer,
  CheckPointStmt: aboutServer,
  LoadStmt: needsSuperuser,
  CreateEventTrigStmt: needsSuperuser,
  AlterEventTrigStmt: needsSuperuser,
  CreatePLangStmt: needsSuperuser,
  SecLabelStmt: needsSuperuser,
  CreateFdwStmt: needsSuperuser,
  AlterFdwStmt: needsSuperuser,
  CreateSubscriptionStmt: aboutForeignData,
  AlterSubscriptionStmt: aboutForeignData,
  DropSubscriptionStmt: aboutForeignData,
  ImportForeignSchemaStmt: aboutForeignData,
};

/** Kinds of objects that the owner can neither create, own, describe nor drop. */
const beyondOwner: Readonly<Record<string, string>> = {
  OBJECT_ROLE: aboutRoles,
  OBJECT_DATABASE: aboutServer,
  OBJECT_TABLESPACE: aboutServer,
  OBJECT_PARAMETER_ACL: aboutServer,
  OBJECT_EVENT_TRIGGER: needsSuperuser,
  OBJECT_LANGUAGE: needsSuperuser,
  OBJECT_FDW: needsSuperuser,
  OBJECT_SUBSCRIPTION: aboutForeignData,
};

/** Kinds of objects whose new owner needs privileges that the roles created beforehand have not. */
const wantsMoreOfOwner: ReadonlySet<string> = new Set(['OBJECT_PUBLICATION', 'OBJECT_FOREIGN_SERVER']);

/** Decides about one statement. Null where it is run. */
export function leftOut(node: Node, circumstances: Circumstances): LeftOut | null {
  const reason = reasons[nodeType(node)];
  if (reason !== undefined) return { reason };
  if ('CommentStmt' in node) return leftOutComment(node.CommentStmt.objtype ?? '');
  if ('AlterOwnerStmt' in node && wantsMoreOfOwner.has(node.AlterOwnerStmt.objectType ?? ''))
    return { reason: null };
  const object = beyondOwner[objectTypeOf(node)];
  if (object !== undefined) return { reason: object };
  return (
    leftOutExtension(node, circumstances) ??
    leftOutPublication(node, circumstances) ??
    leftOutSetting(node, circumstances) ??
    leftOutSchema(node, circumstances)
  );
}

function leftOutComment(type: string): LeftOut | null {
  const isLeftOut = type === 'OBJECT_EXTENSION' || type === 'OBJECT_PUBLICATION' || type in beyondOwner;
  return isLeftOut ? { reason: null } : null;
}

/** The kind of object that is renamed, dropped, given to another owner or granted. */
function objectTypeOf(node: Node): string {
  if ('RenameStmt' in node) return node.RenameStmt.renameType ?? '';
  if ('DropStmt' in node) return node.DropStmt.removeType ?? '';
  if ('AlterOwnerStmt' in node) return node.AlterOwnerStmt.objectType ?? '';
  if ('GrantStmt' in node) return node.GrantStmt.objtype ?? '';
  return '';
}

function leftOutExtension(node: Node, { server }: Circumstances): LeftOut | null {
  for (const name of extensionsIn(node)) {
    const fate = fateOf(name, server.extensions);
    switch (fate) {
      case 'created by its migration':
        continue;
      case 'created beforehand':
        return { reason: null };
      case 'not available':
        return {
          reason: `not run: the extension ${name} is not available on this server, so what needs it fails`,
        };
      case 'reaches out':
        return {
          reason: `not run: the functions of ${name} reach other hosts, which migrations under review may not`,
        };
      default:
        return fate satisfies never;
    }
  }
  return null;
}

function extensionsIn(node: Node): readonly string[] {
  if ('CreateExtensionStmt' in node) return [extensionOf(node).name];
  if ('AlterExtensionStmt' in node) return [node.AlterExtensionStmt.extname ?? ''];
  if ('AlterExtensionContentsStmt' in node) return [node.AlterExtensionContentsStmt.extname ?? ''];
  return 'DropStmt' in node && node.DropStmt.removeType === 'OBJECT_EXTENSION' ? droppedNames(node) : [];
}

function leftOutPublication(node: Node, { leftOutPublications }: Circumstances): LeftOut | null {
  const isAbout = publicationsIn(node).some((name) => leftOutPublications.has(name));
  return isAbout || publishesByTheWhole(node) !== null ? { reason: needsSuperuser } : null;
}

function publicationsIn(node: Node): readonly string[] {
  if ('AlterPublicationStmt' in node) return [node.AlterPublicationStmt.pubname ?? ''];
  if (objectTypeOf(node) !== 'OBJECT_PUBLICATION') return [];
  if ('RenameStmt' in node) return [node.RenameStmt.subname ?? ''];
  return 'DropStmt' in node ? droppedNames(node) : [];
}

/** The publication that a statement makes publish all tables, of the database or of a schema. */
export function publishesByTheWhole(node: Node): string | null {
  if (!('CreatePublicationStmt' in node)) return null;
  const { pubname = '', for_all_tables: all, pubobjects = [] } = node.CreatePublicationStmt;
  const bySchema = pubobjects.some(
    (each) => 'PublicationObjSpec' in each && each.PublicationObjSpec.pubobjtype !== 'PUBLICATIONOBJ_TABLE',
  );
  return all === true || bySchema ? pubname : null;
}

function droppedNames(node: Extract<Node, { DropStmt: unknown }>): readonly string[] {
  return (node.DropStmt.objects ?? []).flatMap((each) => ('String' in each ? (each.String.sval ?? []) : []));
}

function leftOutSetting(node: Node, { server, hasRun }: Circumstances): LeftOut | null {
  if (!('VariableSetStmt' in node)) return null;
  const name = (node.VariableSetStmt.name ?? '').toLowerCase();
  if (server.superuserSettings.has(name)) return { reason: needsSuperuser };
  const isPlain =
    name !== '' &&
    !name.includes('.') &&
    /^VAR_(SET_VALUE|SET_DEFAULT|RESET)$/.test(node.VariableSetStmt.kind ?? '');
  if (!hasRun || !isPlain || server.settings.has(name) || spoken.has(name)) return null;
  // What pg_dump sets at its beginning says nothing about the schema.
  return {
    reason: name.endsWith('_timeout') ? null : `not run: this version of PostgreSQL has no setting ${name}`,
  };
}

/** What SET and RESET set that is listed as no setting, or under another name. */
const spoken: ReadonlySet<string> = new Set(['role', 'session_authorization', 'timezone', 'all']);

function leftOutSchema(node: Node, { schemas, hasRun }: Circumstances): LeftOut | null {
  if (!('CreateSchemaStmt' in node) || (node.CreateSchemaStmt.schemaElts ?? []).length > 0) return null;
  const name = node.CreateSchemaStmt.schemaname ?? '';
  return schemas.has(name) || (hasRun && name === 'public') ? { reason: null } : null;
}
