import type { ProductionStatistics } from '../../src/model/production.ts';
import { type ExportOptions, exportStatistics, type Sink } from '../../src/statistics/export/export.ts';
import { jsonSink } from '../../src/statistics/export/json.ts';
import { readJson } from '../../src/statistics/file/json.ts';
import { TestServer } from './server.ts';

/** The password needs every kind of escaping in a URL. */
const password = 'p@ss:w/rd %41?';

/** A server as it is in production: reached over TCP by roles with few rights, with pg_stat_statements. */
export class ProductionServer implements AsyncDisposable {
  readonly server: TestServer;
  #roles = 0;

  private constructor(server: TestServer) {
    this.server = server;
  }

  static async start(major: number): Promise<ProductionServer> {
    return new ProductionServer(await TestServer.start(major, 60_000, true, ['pg_stat_statements']));
  }

  /** Runs a script as superuser. */
  async asSuperuser(database: string, script: string): Promise<void> {
    await using session = await this.server.sandbox.connect(database, 'superuser');
    await session.script(script);
  }

  /** URL of a database for a new role that has been granted only these roles. */
  async urlFor(database: string, ...granted: readonly string[]): Promise<string> {
    this.#roles += 1;
    const role = `reader_${this.#roles}`;
    await this.asSuperuser(
      database,
      `CREATE ROLE ${role} LOGIN PASSWORD '${password}';
       ${granted.map((each) => `GRANT ${each} TO ${role};`).join('')}`,
    );
    return this.urlOf(database, role, password);
  }

  /** URL of a database for its owner. */
  ownerUrl(database: string): string {
    const { user, password: secret } = this.server.sandbox.address(database);
    return this.urlOf(database, user, secret);
  }

  urlOf(database: string, user: string, secret: string): string {
    const { host, port } = this.server.sandbox.address(database);
    return `postgresql://${user}:${encodeURIComponent(secret)}@${host}:${port}/${database}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
  }
}

/** What a role needs to read everything, as the guide has it. */
export const reader = ['pg_monitor', 'pg_read_all_data'] as const;

/** The export as the file has it. */
export async function exportedText(
  url: string,
  options: Partial<ExportOptions> = {},
  wrap: (sink: Sink) => Sink = (sink) => sink,
): Promise<string> {
  const pieces: string[] = [];
  const sink = jsonSink(async (text) => void pieces.push(text));
  await exportStatistics(
    {
      url,
      redact: false,
      include: [],
      exclude: [],
      statementTimeoutMs: 30_000,
      signal: new AbortController().signal,
      progress: () => {},
      ...options,
    },
    wrap(sink),
  );
  return pieces.join('');
}

/** The export, read back. */
export async function exported(
  url: string,
  options: Partial<ExportOptions> = {},
  wrap?: (sink: Sink) => Sink,
): Promise<ProductionStatistics> {
  return readJson('production.json', await exportedText(url, options, wrap));
}
