import { escapeIdentifier } from 'pg';
import type { Unchecked } from '../../model/review.ts';
import { type Session, StatementFailed } from '../../model/server.ts';
import type { Assumptions } from './assumptions.ts';

type Roles = Pick<Assumptions, 'roles' | 'acting' | 'memberships'>;

// A migration that ran before may have set `search_path` for the whole database, so names and operators are
// qualified.
const equal = 'OPERATOR(pg_catalog.=)';
const notLike = 'OPERATOR(pg_catalog.!~)';

/**
 * Creates what texts take for granted in a database of the sandbox, and tells what was created and what could not
 * be. A role gets no power, not even to log in: whoever is a member of it could use that.
 *
 * @param assumed with those extensions alone that only a superuser can create
 * @param superuser a session in that database; no text under review may have run in it, since scripts of extensions
 * use what they find on their search path
 */
export async function createPrerequisites(
  superuser: Session,
  assumed: Assumptions,
  knownSettings: ReadonlySet<string>,
): Promise<readonly Unchecked[]> {
  const owner = await ownerOf(superuser);
  // Before PostgreSQL 15 the schema public belonged to the superuser; then to the owner of its database.
  // Of somebody else's server the owner itself may be connected, who cannot change that; PUBLIC may create there.
  await attempt(superuser, 'ALTER SCHEMA public OWNER TO pg_database_owner');
  const remarks = [
    ...(await createSchemas(superuser, [...assumed.schemas].toSorted())),
    ...(await createRoles(superuser, assumed)),
  ];
  for (const { name, schema } of assumed.extensions) {
    const within = schema === null ? '' : ` SCHEMA ${escapeIdentifier(schema)}`;
    const sql = `CREATE EXTENSION ${escapeIdentifier(name)}${within} CASCADE`;
    const reason = 'created before all migrations, since it needs a superuser';
    remarks.push(await create(superuser, sql, `extension ${name}`, reason));
  }
  for (const name of [...assumed.wrappers].toSorted()) {
    const wrapper = escapeIdentifier(name);
    const sql = `CREATE FOREIGN DATA WRAPPER ${wrapper}; GRANT USAGE ON FOREIGN DATA WRAPPER ${wrapper} TO ${owner}`;
    const reason = 'created without a handler, so that foreign tables exist but reach nothing';
    remarks.push(await create(superuser, sql, `foreign-data wrapper ${name}`, reason));
  }
  for (const name of [...assumed.publications].toSorted()) {
    const publication = escapeIdentifier(name);
    const sql = `CREATE PUBLICATION ${publication}; ALTER PUBLICATION ${publication} OWNER TO ${owner}`;
    remarks.push(await create(superuser, sql, `publication ${name}`, lacking));
  }
  for (const name of [...assumed.settings].filter((each) => !knownSettings.has(each)).toSorted()) {
    remarks.push(await createSetting(superuser, name));
  }
  return remarks;
}

const lacking = 'created, since a fresh server lacks it';

/** Gives a setting of the texts' own an empty value, for sessions that are yet to come. */
export async function createSetting(superuser: Session, name: string): Promise<Unchecked> {
  const sql = `ALTER DATABASE ${await databaseOf(superuser)} SET ${escapeIdentifier(name)} = ''`;
  return create(superuser, sql, `setting ${name}`, 'set to an empty text, since a fresh server lacks it');
}

export async function createSchemas(
  superuser: Session,
  names: readonly string[],
): Promise<readonly Unchecked[]> {
  const owner = await ownerOf(superuser);
  const remarks: Unchecked[] = [];
  for (const name of names) {
    const sql = `CREATE SCHEMA ${escapeIdentifier(name)} AUTHORIZATION ${owner}`;
    remarks.push(await create(superuser, sql, `schema ${name}`, lacking));
  }
  return remarks;
}

/** Creates roles that the server lacks, for the owner to act as and to give things to. */
export async function createRoles(superuser: Session, assumed: Roles): Promise<readonly Unchecked[]> {
  const owner = await ownerOf(superuser);
  const present = await rolesPresent(superuser);
  const missing = [...assumed.roles].filter((name) => !present.has(name)).toSorted();
  const remarks: Unchecked[] = [];
  for (const name of missing) {
    const role = escapeIdentifier(name);
    const failure = await attempt(
      superuser,
      `CREATE ROLE ${role}; GRANT ${role} TO ${owner} WITH ADMIN OPTION`,
    );
    if (failure !== null) remarks.push({ subject: `role ${name}`, reason: failure });
  }
  const ours = await rolesOf(superuser, owner);
  const created = missing.filter((name) => ours.has(name));
  if (created.length > 0) {
    const subject = `${created.length === 1 ? 'role' : 'roles'} ${created.join(', ')}`;
    remarks.push({ subject, reason: 'created without any power, since a fresh server lacks it' });
  }
  for (const { role, member } of assumed.memberships) {
    if (!ours.has(role) || !ours.has(member)) continue;
    const sql = `GRANT ${escapeIdentifier(role)} TO ${escapeIdentifier(member)}`;
    const failure = await attempt(superuser, sql);
    if (failure !== null) remarks.push({ subject: `membership of ${member} in ${role}`, reason: failure });
  }
  await letCreate(superuser, owner, [...assumed.acting].filter((name) => ours.has(name)).toSorted());
  return remarks;
}

/** Things can only be given to a role that may create in their schema, be it there or yet to come. */
async function letCreate(superuser: Session, owner: string, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  const roles = names.map(escapeIdentifier).join(', ');
  const schemas = await superuser.query(
    `SELECT nspname FROM pg_catalog.pg_namespace
     WHERE nspname ${notLike} '^pg_' AND nspname OPERATOR(pg_catalog.<>) 'information_schema'`,
  );
  for (const { nspname } of schemas) {
    await superuser.query(`GRANT CREATE, USAGE ON SCHEMA ${escapeIdentifier(String(nspname))} TO ${roles}`);
  }
  await superuser.query(`GRANT CREATE ON DATABASE ${await databaseOf(superuser)} TO ${roles}`);
  await superuser.query(
    `ALTER DEFAULT PRIVILEGES FOR ROLE ${owner}, ${roles} GRANT CREATE, USAGE ON SCHEMAS TO ${roles}`,
  );
}

async function rolesPresent(superuser: Session): Promise<ReadonlySet<string>> {
  const rows = await superuser.query('SELECT rolname FROM pg_catalog.pg_roles');
  return new Set(rows.map((row) => String(row['rolname'])));
}

/** Roles that were created for the owner: those that it is a member of with the right to pass that on. */
async function rolesOf(superuser: Session, owner: string): Promise<ReadonlySet<string>> {
  const rows = await superuser.query(
    `SELECT DISTINCT r.rolname
     FROM pg_catalog.pg_auth_members m JOIN pg_catalog.pg_roles r ON r.oid ${equal} m.roleid
     WHERE m.admin_option AND m.member ${equal} $1::pg_catalog.text::pg_catalog.regrole`,
    [owner],
  );
  return new Set(rows.map((row) => String(row['rolname'])));
}

/** The database of a session, quoted. */
async function databaseOf(session: Session): Promise<string> {
  const [row] = await session.query('SELECT pg_catalog.current_database() AS name');
  return escapeIdentifier(String(row?.['name']));
}

/** The role that owns the database, quoted. */
async function ownerOf(superuser: Session): Promise<string> {
  const [row] = await superuser.query(
    `SELECT pg_catalog.pg_get_userbyid(datdba) AS owner FROM pg_catalog.pg_database
     WHERE datname ${equal} pg_catalog.current_database()`,
  );
  return escapeIdentifier(String(row?.['owner']));
}

async function create(superuser: Session, sql: string, subject: string, reason: string): Promise<Unchecked> {
  return { subject, reason: (await attempt(superuser, sql)) ?? reason };
}

/** Null, or why it could not be done. */
async function attempt(superuser: Session, sql: string): Promise<string | null> {
  try {
    await superuser.script(sql);
    return null;
  } catch (error) {
    if (error instanceof StatementFailed) return `it could not be created: ${error.error.message}`;
    throw error;
  }
}
