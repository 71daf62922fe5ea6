import { escapeIdentifier } from 'pg';
import type { Session } from '../../model/server.ts';
import { cannotCleanUp } from './errors.ts';

/** The owner role, and oids of the roles that were there before it. */
interface OwnRoles {
  readonly owner: string;
  readonly earlier: readonly number[];
}

/**
 * What a run has made on somebody's server: databases, known by their names and oids, since SQL under review may
 * rename what it owns; and, where the run may create roles, its owner role and those that were created for it.
 */
export class Belongings {
  readonly #control: Session;
  readonly #names = new Set<string>();
  readonly #oids = new Set<number>();
  /** Null where no roles are created. */
  readonly #roles: OwnRoles | null;
  #removal: Promise<void> | undefined;

  private constructor(control: Session, roles: OwnRoles | null) {
    this.#control = control;
    this.#roles = roles;
  }

  /** @param owner name of the owner role that is about to be created; null where none is */
  static async begin(control: Session, owner: string | null): Promise<Belongings> {
    if (owner === null) return new Belongings(control, null);
    const rows = await control.query('SELECT oid FROM pg_catalog.pg_roles');
    return new Belongings(control, { owner, earlier: rows.map((row) => Number(row['oid'])) });
  }

  /** Creates a database, which is dropped with all others. */
  async create(name: string, sql: string): Promise<void> {
    if (this.#removal !== undefined) throw new Error('what the review made on the server is being removed');
    // Before it is sent, so that an interruption meanwhile drops it too.
    this.#names.add(name);
    await this.#control.query(sql);
    const rows = await this.#control.query('SELECT oid FROM pg_catalog.pg_database WHERE datname = $1', [
      name,
    ]);
    for (const row of rows) this.#oids.add(Number(row['oid']));
  }

  async drop(name: string): Promise<void> {
    await this.#refusePrepared(name);
    await this.#control.query(`DROP DATABASE IF EXISTS ${escapeIdentifier(name)} WITH (FORCE)`);
  }

  /**
   * Drops everything, disconnecting whoever is connected. Called again, it waits for the first call.
   *
   * @throws CannotReview where something could not be dropped.
   */
  remove(): Promise<void> {
    this.#removal ??= this.#removeAll();
    return this.#removal;
  }

  async #removeAll(): Promise<void> {
    const databases = await this.#control.query(
      'SELECT datname FROM pg_catalog.pg_database WHERE oid = ANY ($1) OR datname = ANY ($2) ORDER BY oid DESC',
      [[...this.#oids], [...this.#names]],
    );
    const failed: { readonly what: string; readonly error: unknown }[] = [];
    const attempt = async (what: string, work: () => Promise<unknown>) => {
      await work().catch((error: unknown) => failed.push({ what, error }));
    };
    for (const { datname } of databases) {
      await attempt(`the database ${datname}`, () => this.drop(String(datname)));
    }
    const roles = await this.#ownRoles();
    if (roles.length > 0) {
      // At once, since they may have granted memberships of each other.
      const list = roles.map(escapeIdentifier).join(', ');
      await attempt(`the roles ${roles.join(', ')}`, () => this.#control.query(`DROP ROLE ${list}`));
    }
    const [first] = failed;
    if (first !== undefined) throw cannotCleanUp(first.what, first.error);
  }

  /** The owner role, and roles that came since and that it was made the administrator of. */
  async #ownRoles(): Promise<readonly string[]> {
    if (this.#roles === null) return [];
    const rows = await this.#control.query(
      `SELECT r.rolname FROM pg_catalog.pg_roles r
       WHERE r.oid <> ALL ($2) AND (r.rolname = $1 OR EXISTS (
         SELECT FROM pg_catalog.pg_auth_members m JOIN pg_catalog.pg_roles o ON o.oid = m.member
         WHERE m.roleid = r.oid AND m.admin_option AND o.rolname = $1))`,
      [this.#roles.owner, this.#roles.earlier],
    );
    return rows.map((row) => String(row['rolname']));
  }

  /** A database with a prepared transaction cannot be dropped, and PostgreSQL does not name the transaction. */
  async #refusePrepared(name: string): Promise<void> {
    const rows = await this.#control.query(
      'SELECT gid FROM pg_catalog.pg_prepared_xacts WHERE database = $1',
      [name],
    );
    if (rows.length === 0) return;
    throw new Error(`it holds the prepared transaction ${rows[0]?.['gid']}`);
  }
}
