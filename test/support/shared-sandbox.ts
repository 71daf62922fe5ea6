import type { FileSize, Role, Sandbox, Session } from '../../src/model/server.ts';

/** Lets several reviews use one server: each sees databases of its own, and stopping it stops nothing. */
export class SharedSandbox implements Sandbox {
  readonly #server: Sandbox;
  readonly #prefix: string;

  constructor(server: Sandbox, prefix: string) {
    this.#server = server;
    this.#prefix = prefix;
  }

  get kind() {
    return this.#server.kind;
  }

  get version() {
    return this.#server.version;
  }

  createDatabase(name: string, template?: string): Promise<void> {
    return this.#server.createDatabase(
      this.#named(name),
      template === undefined ? undefined : this.#named(template),
    );
  }

  connect(database: string, role: Role): Promise<Session> {
    return this.#server.connect(this.#named(database), role);
  }

  grow(files: readonly FileSize[]): Promise<void> {
    return this.#server.grow(files);
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  #named(database: string): string {
    return `${this.#prefix}_${database}`;
  }
}
