import type { Outcome, Statement, StatementObservation } from '../model/observation.ts';
import type { SchemaDifference } from '../model/schema.ts';
import { type Sandbox, type Session, StatementFailed, TimeLimitReached } from '../model/server.ts';
import { runsStatements, type TransactionControl } from '../sql/kind.ts';
import { type Existing, effectsBetween, indexLocks, locksTaken, strongestLocks } from './effects.ts';
import { emptiedTables, withRowCounts } from './follow-up.ts';
import { Gates } from './gates.ts';
import { FollowedSchema } from './schema/followed.ts';
import { writtenBetween } from './schema/watch.ts';
import {
  type RelationState,
  readRelations,
  type Snapshot,
  snapshotAtStart,
  snapshotInTransaction,
  snapshotOutside,
} from './snapshot.ts';

/** A statement of a migration, as it is run. */
export interface Step extends Statement {
  /** Where it begins in the file, in UTF-16 units. */
  readonly offset: number;
  readonly control: TransactionControl | null;
}

/** Runs statements one at a time in one database, and tells what each did to relations that existed before. */
export class StatementObserver implements AsyncDisposable {
  readonly session: Session;
  readonly #sandbox: Sandbox;
  readonly #database: string;
  readonly #existing: Existing;
  readonly #schema: FollowedSchema;
  #relations: Existing;
  /** What the last statement left, as long as its transaction goes on: the next one begins with it. */
  #left: Snapshot | null = null;
  #gates: Gates | null = null;
  #transactions = 0;

  private constructor(
    sandbox: Sandbox,
    database: string,
    session: Session,
    existing: Existing,
    relations: Existing,
    schema: FollowedSchema,
  ) {
    this.#sandbox = sandbox;
    this.#database = database;
    this.session = session;
    this.#existing = existing;
    this.#relations = relations;
    this.#schema = schema;
  }

  /**
   * Connects as the owner.
   *
   * @param existing relations that were there before the change; null where all that are there now were
   */
  static async open(
    sandbox: Sandbox,
    database: string,
    existing: Existing | null,
  ): Promise<StatementObserver> {
    const session = await sandbox.connect(database, 'owner');
    const [relations, schema] = await Promise.all([readRelations(session), FollowedSchema.read(session)]);
    return new StatementObserver(sandbox, database, session, existing ?? relations, relations, schema);
  }

  async begin(): Promise<void> {
    await this.session.script('BEGIN');
    this.transactionBegan();
  }

  /** Another transaction has begun, by a statement of the migration itself or by `begin`. */
  transactionBegan(): void {
    this.#transactions += 1;
    this.#left = null;
    this.#schema.transactionBegan();
  }

  /** Throws away what the open transaction did. */
  async rollBack(): Promise<void> {
    await this.session.script('ROLLBACK');
    this.#schema.rolledBack();
    await this.#forget();
  }

  /** Commits the open transaction. Deferred constraints are checked here, and can fail it. */
  async commit(lineOf: LineOf, last: Step): Promise<Outcome> {
    this.#left = null;
    return this.#execute({ ...last, sql: 'COMMIT', control: 'ends' }, lineOf);
  }

  /** Observes a statement in the open transaction. */
  async inTransaction(step: Step, lineOf: LineOf): Promise<StatementObservation> {
    const before = this.#left ?? (await snapshotAtStart(this.session, this.#relations));
    this.session.notices();
    const started = performance.now();
    const outcome = await this.#execute(step, lineOf);
    const durationMs = performance.now() - started;
    const notices = this.session.notices();
    const isDone = outcome.kind === 'done' && this.session.transaction() === 'open';
    const after = isDone
      ? await snapshotInTransaction(this.session, this.#relations, before.activity)
      : before;
    this.#relations = after.relations;
    const effects = effectsBetween(before, after, this.#existing);
    // Counting rows moves the counters of scans, so that the next statement needs a snapshot of its own.
    this.#left = step.control !== null || effects.changed.length > 0 ? null : after;
    if (step.control === 'ends') await this.#forget();
    const differences = await this.#differences(step, before, after);
    const emptied = await emptiedTables(this.session, effects.rewritten, effects.scans);
    return {
      ...placeOf(step),
      transaction: this.#transactions,
      heldAtStart: strongestLocks(before.locks, this.#existing),
      locks: strongestLocks(after.locks, this.#existing),
      takes: strongestLocks(locksTaken(before.locks, after.locks), this.#existing),
      indexLocks: indexLocks(after.locks, this.#existing),
      rewrites: namesOf(effects.rewritten, (name) => !emptied.has(name)),
      emptied: namesOf(effects.rewritten, (name) => emptied.has(name)),
      sequencesRewritten: effects.sequencesRewritten,
      scans: effects.scans,
      indexesBuilt: effects.indexesBuilt,
      changedRows: await withRowCounts(this.session, effects.changed, this.#relations),
      walBytes: after.walBytes - before.walBytes,
      differences,
      settings: before.settings,
      notices,
      durationMs,
      outcome,
    };
  }

  /** Observes a statement that refuses to run in a transaction. */
  async bare(step: Step, lineOf: LineOf): Promise<StatementObservation> {
    this.#gates ??= await Gates.open(this.#sandbox, this.#database);
    const before = await snapshotOutside(this.session);
    this.session.notices();
    const ran: { outcome: Outcome; durationMs: number } = { outcome: { kind: 'done' }, durationMs: 0 };
    const kind = runsStatements(step.sql) ? 'program' : 'statement';
    const locks = await this.#gates.watch(this.session, before.relations, kind, async () => {
      const started = performance.now();
      ran.outcome = await this.#execute(step, lineOf);
      ran.durationMs = performance.now() - started;
    });
    const notices = this.session.notices();
    const isLost = ran.outcome.kind === 'stopped';
    const after = isLost ? before : await snapshotOutside(this.session);
    this.#relations = after.relations;
    this.#left = null;
    const effects = effectsBetween(before, after, this.#existing);
    return {
      ...placeOf(step),
      transaction: null,
      heldAtStart: [],
      locks: strongestLocks(locks, this.#existing),
      takes: strongestLocks(locks, this.#existing),
      indexLocks: [],
      rewrites: namesOf(effects.rewritten, () => true),
      emptied: [],
      sequencesRewritten: effects.sequencesRewritten,
      scans: [],
      indexesBuilt: effects.indexesBuilt,
      changedRows: [],
      walBytes: after.walBytes - before.walBytes,
      differences: isLost ? [] : await this.#schema.afterAnything(),
      settings: before.settings,
      notices,
      ...ran,
    };
  }

  /** A statement that ends a transaction, or part of one, can take back anything. */
  #differences({ control }: Step, before: Snapshot, after: Snapshot): Promise<readonly SchemaDifference[]> {
    return control === null
      ? this.#schema.after(writtenBetween(before.catalogueWrites, after.catalogueWrites), after.locks)
      : this.#schema.afterAnything();
  }

  /** What a transaction has done may have been rolled back. */
  async #forget(): Promise<void> {
    this.#left = null;
    if (this.session.transaction() === 'none') this.#relations = await readRelations(this.session);
  }

  async #execute(step: Step, lineOf: LineOf): Promise<Outcome> {
    try {
      await this.session.script(step.sql);
      return { kind: 'done' };
    } catch (error) {
      if (error instanceof TimeLimitReached) return { kind: 'stopped', limitMs: error.limitMs };
      if (!(error instanceof StatementFailed)) throw error;
      return { kind: 'failed', error: error.error, line: lineOf(step, error.error.position) };
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#gates?.[Symbol.asyncDispose]();
    await this.session[Symbol.asyncDispose]();
  }
}

/** Line of a file that an error is about, from its position in the statement. */
export type LineOf = (step: Step, position: number | null) => number;

function placeOf({ sql, line, endLine }: Step): Statement {
  return { sql, line, endLine };
}

function namesOf(relations: readonly RelationState[], include: (name: string) => boolean): readonly string[] {
  return relations.flatMap(({ name }) => (include(name) ? [name] : [])).toSorted();
}
