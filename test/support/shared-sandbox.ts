import type { Address, FileSize, LentDatabase, Role, Sandbox, Session } from '../../src/model/server.ts';

/** Lets several reviews use one server: each sees databases of its own, and stopping it drops only those. */
export class SharedSandbox implements Sandbox {
  readonly #server: Sandbox;
  readonly #prefix: string;
  readonly #created = new Set<string>();
  readonly lent: LentDatabase | null;

  /** @param lent a database with rows, where there is one */
  constructor(server: Sandbox, prefix: string, lent: LentDatabase | null = null) {
    this.#server = server;
    this.#prefix = prefix;
    this.lent = lent;
  }

  get kind() {
    return this.#server.kind;
  }

  get version() {
    return this.#server.version;
  }

  get sizing() {
    return this.#server.sizing;
  }

  get remarks() {
    return this.#server.remarks;
  }

  createDatabase(name: string, template?: string): Promise<void> {
    this.#created.add(name);
    return this.#server.createDatabase(
      this.#named(name),
      template === undefined ? undefined : this.#named(template),
    );
  }

  dropDatabase(name: string): Promise<void> {
    return this.#server.dropDatabase(this.#named(name));
  }

  connect(database: string, role: Role): Promise<Session> {
    return this.#server.connect(this.#named(database), role);
  }

  address(database: string): Address {
    return this.#server.address(this.#named(database));
  }

  grow(files: readonly FileSize[]): Promise<void> {
    return this.#server.grow(files);
  }

  /** A server that many reviews share would fill the memory that its files lie in. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const name of this.#created) await this.dropDatabase(name);
  }

  #named(database: string): string {
    return `${this.#prefix}_${database}`;
  }
}
