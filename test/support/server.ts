import type { Role, Sandbox, Session } from '../../src/model/server.ts';
import { startEmbedded } from '../../src/sandbox/embedded/embedded.ts';

/** Major versions that tests of behaviour run on: the oldest and the newest that are supported. */
export const testedVersions = [14, 18] as const;

/**
 * Versions on which it is tested what rules make of what was seen. What is seen differs between versions, which has tests of
 * its own, and bad examples run on all; so the newest does here, and all where there is time for it.
 */
export const judgedVersions: readonly number[] =
  process.env['PG_GUARDRAILS_ALL_VERSIONS'] === undefined ? [18] : testedVersions;

/** An embedded server for one test file, and fresh databases in it. */
export class TestServer implements AsyncDisposable {
  readonly sandbox: Sandbox;
  #databases = 0;

  private constructor(sandbox: Sandbox) {
    this.sandbox = sandbox;
  }

  static async start(
    major: number,
    limitMs = 60_000,
    forTools = false,
    libraries: readonly string[] = [],
  ): Promise<TestServer> {
    const signal = new AbortController().signal;
    return new TestServer(await startEmbedded({ major, limitMs, signal, forTools, libraries }));
  }

  /** Creates a database, runs a script in it, and returns its name. */
  async database(script = ''): Promise<string> {
    this.#databases += 1;
    const name = `test_${this.#databases}`;
    await this.sandbox.createDatabase(name);
    if (script !== '') {
      await using session = await this.sandbox.connect(name, 'owner');
      await session.script(script);
    }
    return name;
  }

  /** A session in a fresh database, after a script. */
  async session(script = '', role: Role = 'owner'): Promise<Session> {
    return this.sandbox.connect(await this.database(script), role);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.sandbox[Symbol.asyncDispose]();
  }
}
