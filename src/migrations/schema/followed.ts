import type { LockMode } from '../../model/observation.ts';
import type { Schema, SchemaDifference } from '../../model/schema.ts';
import type { Session } from '../../model/server.ts';
import { differences } from './differences.ts';
import { readSchema } from './read.ts';
import { readSchemaAgain } from './watch.ts';

/** The schema as the statements of one session change it, one after the other. */
export class FollowedSchema {
  readonly #session: Session;
  #current: Schema;
  /** As it was when the open transaction began. */
  #atBegin: Schema;

  private constructor(session: Session, schema: Schema) {
    this.#session = session;
    this.#current = schema;
    this.#atBegin = schema;
  }

  static async read(session: Session): Promise<FollowedSchema> {
    return new FollowedSchema(session, await readSchema(session));
  }

  transactionBegan(): void {
    this.#atBegin = this.#current;
  }

  rolledBack(): void {
    this.#current = this.#atBegin;
  }

  /**
   * What a statement of the open transaction did.
   *
   * @param written names of the system catalogues that it wrote
   * @param locks all modes that the transaction holds, by relation
   */
  async after(
    written: ReadonlySet<string>,
    locks: ReadonlyMap<number, readonly LockMode[]>,
  ): Promise<readonly SchemaDifference[]> {
    const step = await readSchemaAgain(this.#session, this.#current, written, locks);
    this.#current = step.schema;
    return step.differences;
  }

  /** What was done since, whatever it was. */
  async afterAnything(): Promise<readonly SchemaDifference[]> {
    const schema = await readSchema(this.#session);
    const found = differences(this.#current, schema);
    this.#current = schema;
    return found;
  }
}
