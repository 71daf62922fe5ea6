import type { Session } from '../../src/model/server.ts';
import { TestServer } from './server.ts';

/** Who uses somebody's server. */
export type LentRole = 'superuser' | 'creator' | 'nobody';

/** A password that shows where it is printed. */
export const lentPassword = 'p@ss/word %41';

/** What is on a server, as far as a review could leave something behind. */
interface Inventory {
  readonly databases: readonly string[];
  readonly roles: readonly string[];
  readonly sessions: number;
  /** Folders of databases in the data directory. */
  readonly folders: readonly string[];
}

/** How a server is reached. Only one that is reached over TCP logs statements. */
type Reach = 'over TCP' | 'by its socket';

/** A server that stands for somebody's, with roles that have more and less rights. */
export class LentServer implements AsyncDisposable {
  readonly #server: TestServer;
  readonly #control: Session;

  readonly #host: string;

  private constructor(server: TestServer, control: Session, host: string) {
    this.#host = host;
    this.#server = server;
    this.#control = control;
  }

  static async start(major: number, reach: Reach = 'over TCP'): Promise<LentServer> {
    const server = await TestServer.start(major, 60_000, reach === 'over TCP');
    const control = await server.sandbox.connect('postgres', 'superuser');
    await control.script(`
      CREATE ROLE lent_superuser LOGIN SUPERUSER PASSWORD '${lentPassword}';
      CREATE ROLE lent_creator LOGIN CREATEDB PASSWORD '${lentPassword}';
      CREATE ROLE lent_nobody LOGIN PASSWORD '${lentPassword}'`);
    const [row] = await control.query(
      `SELECT current_setting('unix_socket_directories') AS directory, current_setting('port') AS port`,
    );
    const socket = `${encodeURIComponent(String(row?.['directory']))}:${row?.['port']}`;
    return new LentServer(server, control, reach === 'over TCP' ? `127.0.0.1:${row?.['port']}` : socket);
  }

  url(role: LentRole, database = 'postgres', password = lentPassword): string {
    return `postgresql://lent_${role}:${encodeURIComponent(password)}@${this.#host}/${database}`;
  }

  get control(): Session {
    return this.#control;
  }

  connect(database: string): Promise<Session> {
    return this.#server.sandbox.connect(database, 'superuser');
  }

  createDatabase(name: string): Promise<void> {
    return this.#server.sandbox.createDatabase(name);
  }

  async inventory(): Promise<Inventory> {
    const names = async (sql: string) =>
      (await this.#control.query(sql)).map((row) => String(row['name'])).toSorted();
    return {
      databases: await names('SELECT datname AS name FROM pg_database'),
      roles: await names('SELECT rolname AS name FROM pg_roles'),
      folders: await names(`SELECT f AS name FROM pg_ls_dir('base') AS f WHERE f ~ '^[0-9]+$'`),
      sessions: (
        await names(
          `SELECT pid::text AS name FROM pg_stat_activity WHERE application_name ~ '^pg-guardrails .'`,
        )
      ).length,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#control[Symbol.asyncDispose]();
    await this.#server[Symbol.asyncDispose]();
  }
}
