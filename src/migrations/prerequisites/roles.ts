import { type Node, parse } from '../../sql/grammar.ts';
import { kindOf } from '../../sql/kind.ts';

/** A role that a statement names. */
export interface NamedRole {
  readonly name: string;
  /** Whether it is to own something, or to act: then it must be able to create. */
  readonly acts: boolean;
}

/** One role's membership of another, as GRANT makes it. */
export interface Membership {
  readonly role: string;
  readonly member: string;
}

/** Roles that a statement names, wherever its grammar has a role. */
export function rolesIn(node: Node): readonly NamedRole[] {
  if (kindOf(node) === 'query') return [];
  if ('CreateRoleStmt' in node) return [ordinary(node.CreateRoleStmt.role), ...specified(node)];
  if ('RenameStmt' in node && node.RenameStmt.renameType === 'OBJECT_ROLE') {
    return [ordinary(node.RenameStmt.subname), ordinary(node.RenameStmt.newname)];
  }
  if ('GrantRoleStmt' in node) return [...grantedRoles(node).map(ordinary), ...specified(node)];
  if ('VariableSetStmt' in node && isRoleSetting(node.VariableSetStmt.name)) {
    const named = textsOf(node.VariableSetStmt.args).filter((name) => name !== 'none');
    return named.map((name) => ({ name, acts: true }));
  }
  return specified(node);
}

/** Memberships that a statement grants. */
export function membershipsIn(node: Node): readonly Membership[] {
  if ('CreateRoleStmt' in node) return membershipsAtCreation(node);
  if (!('GrantRoleStmt' in node) || node.GrantRoleStmt.is_grant !== true) return [];
  const members = specified({ List: { items: node.GrantRoleStmt.grantee_roles ?? [] } });
  return grantedRoles(node).flatMap((role) => members.map(({ name }) => ({ role, member: name })));
}

/** Options of CREATE ROLE: IN ROLE names roles that it is a member of, ROLE and ADMIN name members of it. */
function membershipsAtCreation(node: Extract<Node, { CreateRoleStmt: unknown }>): readonly Membership[] {
  const { role: created = '', options = [] } = node.CreateRoleStmt;
  return options.flatMap((option): readonly Membership[] => {
    if (!('DefElem' in option)) return [];
    const names = specified(option.DefElem.arg).map(({ name }) => name);
    switch (option.DefElem.defname) {
      case 'addroleto':
        return names.map((role) => ({ role, member: created }));
      case 'rolemembers':
      case 'adminmembers':
        return names.map((member) => ({ role: created, member }));
      default:
        return [];
    }
  });
}

/** `role` or `session_authorization`, which name who acts from then on. */
function isRoleSetting(name: string | undefined): boolean {
  return name === 'role' || name === 'session_authorization';
}

/**
 * Roles that a text creates where the grammar does not reach: in the body of a function or DO block, or in a string
 * that one of them executes.
 */
export function rolesCreatedIn(text: string): readonly NamedRole[] {
  // Such bodies hold prose too: `-- create role for the API`, RAISE 'cannot create user with ...'.
  const names = text
    .replaceAll(/--.*/g, '')
    .matchAll(/\bcreate\s+(?:role|user|group)\s+(?!mapping\b)("(?:[^"]|"")+"|[a-z_][\w$]*)/gi);
  return [...names]
    .filter(([, name]) => parse(`CREATE ROLE ${name}`).kind === 'parsed')
    .map(([, name = '']) => ordinary(unquoted(name)));
}

/** A name as PostgreSQL takes it: folded to lower case unless quoted. */
export function unquoted(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name.toLowerCase();
}

/** Texts of constants, such as the values of SET. */
export function textsOf(nodes: readonly Node[] | undefined): readonly string[] {
  return (nodes ?? []).flatMap((node) => ('A_Const' in node ? (node.A_Const.sval?.sval ?? []) : []));
}

function ordinary(name: string | undefined): NamedRole {
  return { name: name ?? '', acts: false };
}

function grantedRoles(node: Extract<Node, { GrantRoleStmt: unknown }>): readonly string[] {
  const granted = node.GrantRoleStmt.granted_roles ?? [];
  return granted.flatMap((each) => ('AccessPriv' in each ? (each.AccessPriv.priv_name ?? []) : []));
}

/** Fields of the grammar whose role owns something afterwards: OWNER TO, AUTHORIZATION, REASSIGN OWNED ... TO. */
const owners: ReadonlySet<string> = new Set(['newowner', 'authrole', 'newrole']);

/** All RoleSpec nodes below a value that have a name; others are PUBLIC, CURRENT_USER and the like. */
function specified(value: unknown, field = ''): readonly NamedRole[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('rolename' in value && 'roletype' in value) {
    return typeof value.rolename === 'string' ? [{ name: value.rolename, acts: owners.has(field) }] : [];
  }
  return Object.entries(value).flatMap(([key, each]) => specified(each, Array.isArray(value) ? field : key));
}
