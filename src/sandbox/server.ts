import { escapeIdentifier } from 'pg';
import type { FileSize, Role, Sandbox, SandboxKind, ServerVersion, Session } from '../model/server.ts';
import { type Address, PgSession, type Watchdog } from './session.ts';

/** The role that the pull request's SQL runs as: it owns its databases and is no superuser. */
const owner = 'guardrails';
const superuser = 'postgres';

/** What differs between a server in a container and one of our own. */
export interface ServerEdge {
  readonly kind: SandboxKind;
  readonly host: string;
  readonly port: number;
  /** Of both roles. */
  readonly password: string;
  grow(files: readonly FileSize[]): Promise<void>;
  stop(): Promise<void>;
}

/** A running server, whatever runs it. */
export class PostgresServer implements Sandbox {
  readonly kind: SandboxKind;
  readonly version: ServerVersion;
  readonly #edge: ServerEdge;
  readonly #control: Session;
  readonly #limitMs: number;

  private constructor(edge: ServerEdge, control: Session, version: ServerVersion, limitMs: number) {
    this.kind = edge.kind;
    this.version = version;
    this.#edge = edge;
    this.#control = control;
    this.#limitMs = limitMs;
  }

  /** Connects to a server that accepts connections, and creates the owner role. */
  static async attach(edge: ServerEdge, limitMs: number): Promise<PostgresServer> {
    const control = await PgSession.open(addressOf(edge, 'postgres', 'superuser'), null);
    const [version] = await control.query('SHOW server_version');
    const [, text = '', major = ''] = /^((\d+)\S*)/.exec(String(version?.['server_version'])) ?? [];
    const password = edge.password.replaceAll("'", "''");
    await control.query(
      `CREATE ROLE ${owner} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD '${password}'`,
    );
    return new PostgresServer(edge, control, { major: Number(major), text }, limitMs);
  }

  async createDatabase(name: string, template = 'template1'): Promise<void> {
    await this.#control.query(
      `CREATE DATABASE ${escapeIdentifier(name)} OWNER ${owner} TEMPLATE ${escapeIdentifier(template)}`,
    );
    // Settings of a database (ALTER DATABASE ... SET) are none of its contents, so they are not cloned with it.
    await this.#control.query(
      `INSERT INTO pg_db_role_setting (setdatabase, setrole, setconfig)
       SELECT new.oid, s.setrole, s.setconfig
       FROM pg_db_role_setting s JOIN pg_database old ON old.oid = s.setdatabase AND old.datname = $2
         JOIN pg_database new ON new.datname = $1`,
      [name, template],
    );
  }

  async connect(database: string, role: Role): Promise<Session> {
    const watchdog: Watchdog = {
      limitMs: this.#limitMs,
      cancel: async (processId) => {
        await this.#control.query('SELECT pg_cancel_backend($1)', [processId]);
      },
      terminate: async (processId) => {
        await this.#control.query('SELECT pg_terminate_backend($1)', [processId]);
      },
    };
    return PgSession.open(addressOf(this.#edge, database, role), watchdog);
  }

  async grow(files: readonly FileSize[]): Promise<void> {
    await this.#edge.grow(files);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#edge.stop();
  }
}

function addressOf(edge: ServerEdge, database: string, role: Role): Address {
  const user = role === 'owner' ? owner : superuser;
  return { host: edge.host, port: edge.port, user, password: edge.password, database };
}
