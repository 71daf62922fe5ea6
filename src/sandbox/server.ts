import { escapeIdentifier } from 'pg';
import type {
  Address,
  FileSize,
  Role,
  Sandbox,
  SandboxKind,
  ServerVersion,
  Session,
} from '../model/server.ts';
import { copyProperties } from './properties.ts';
import { owner, superuser } from './roles.ts';
import { PgSession, type Watchdog } from './session.ts';

/** What differs between a server in a container and one of our own. */
export interface ServerEdge {
  readonly kind: SandboxKind;
  readonly host: string;
  readonly port: number;
  /** Of both roles. */
  readonly password: string;
  /** Where other programs reach the server over TCP, if they are to. */
  readonly tools: { readonly host: string; readonly port: number } | null;
  grow(files: readonly FileSize[]): Promise<void>;
  stop(): Promise<void>;
}

/** A running server, whatever runs it. */
export class PostgresServer implements Sandbox {
  readonly kind: SandboxKind;
  readonly version: ServerVersion;
  readonly sizing = 'files';
  readonly lent = null;
  readonly remarks = [];
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
    const version = await readVersion(control);
    const password = edge.password.replaceAll("'", "''");
    await control.query(
      `CREATE ROLE ${owner} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD '${password}'`,
    );
    return new PostgresServer(edge, control, version, limitMs);
  }

  async createDatabase(name: string, template = 'template1'): Promise<void> {
    // Copying files takes two thirds of the time that copying them through the WAL does. Before 15 there is nothing else.
    const strategy = this.version.major < 15 ? '' : ' STRATEGY FILE_COPY';
    await this.#control.query(
      `CREATE DATABASE ${escapeIdentifier(name)} OWNER ${owner} TEMPLATE ${escapeIdentifier(template)}${strategy}`,
    );
    await copyProperties(this.#control, template, name);
  }

  async dropDatabase(name: string): Promise<void> {
    await this.#control.query(`DROP DATABASE IF EXISTS ${escapeIdentifier(name)} WITH (FORCE)`);
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

  address(database: string): Address {
    if (this.#edge.tools === null) throw new Error('the sandbox was not started for tools');
    return { ...addressOf(this.#edge, database, 'owner'), ...this.#edge.tools };
  }

  async grow(files: readonly FileSize[]): Promise<void> {
    await this.#edge.grow(files);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#edge.stop();
  }
}

export async function readVersion(session: Session): Promise<ServerVersion> {
  const [version] = await session.query('SHOW server_version');
  const [, text = '', major = ''] = /^((\d+)\S*)/.exec(String(version?.['server_version'])) ?? [];
  return { major: Number(major), text };
}

function addressOf(edge: ServerEdge, database: string, role: Role): Address {
  const user = role === 'owner' ? owner : superuser;
  return { host: edge.host, port: edge.port, user, password: edge.password, database };
}
