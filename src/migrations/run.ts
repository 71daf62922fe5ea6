import type { MigrationFile } from '../model/change.ts';
import type { MigrationObservation, Outcome, Statement, StatementObservation } from '../model/observation.ts';
import { type Session, StatementFailed, TimeLimitReached } from '../model/server.ts';
import type { TransactionControl } from '../sql/kind.ts';
import { Lines } from '../sql/position.ts';
import { refusesTransaction } from './apply.ts';
import { type Existing, effectsBetween, strongestLocks } from './effects.ts';
import { type Relations, type Snapshot, snapshotInTransaction, snapshotOutside } from './snapshot.ts';

/** A statement of a migration, as it is run. */
export interface Step extends Statement {
  /** Where it begins in the file, in UTF-16 units. */
  readonly offset: number;
  readonly control: TransactionControl | null;
}

/** One run of a migration's statements, wrapped in one transaction as most runners do, or not wrapped. */
export class Run {
  readonly #session: Session;
  readonly #migration: MigrationFile;
  readonly #lines: Lines;
  readonly #existing: Existing;
  readonly #wrap: 'file' | 'none';
  readonly #seen: StatementObservation[] = [];
  #relations: Relations;
  /** What the last statement left, as long as its transaction goes on: the next one begins with it. */
  #left: Snapshot | null = null;
  #endedBy: Statement | null = null;

  /**
   * @param existing relations that were there before the change
   * @param relations relations that are there now
   */
  constructor(
    session: Session,
    migration: MigrationFile,
    existing: Existing,
    relations: Relations,
    wrap: 'file' | 'none',
  ) {
    this.#session = session;
    this.#migration = migration;
    this.#lines = new Lines(migration.text);
    this.#existing = existing;
    this.#relations = relations;
    this.#wrap = wrap;
  }

  /** Null, with nothing done, where a statement refuses the transaction that all are wrapped in. */
  async all(steps: readonly Step[]): Promise<MigrationObservation | null> {
    const bringsItsOwn = steps[0]?.control === 'begins';
    if (this.#wrap === 'file' && !bringsItsOwn) await this.#session.script('BEGIN');
    for (const [index, step] of steps.entries()) {
      const isOpen = this.#session.transaction() === 'open';
      const observation =
        isOpen || step.control !== null
          ? await this.#observe(step, 'in a transaction')
          : await this.#alone(step);
      if (isRefusal(observation.outcome) && this.#wrap === 'file' && this.#endedBy === null) {
        await this.#session.script('ROLLBACK');
        return null;
      }
      this.#seen.push(observation);
      if (observation.outcome.kind !== 'done') return this.#end(steps.slice(index + 1));
      if (step.control === 'ends' && index < steps.length - 1) this.#endedBy ??= step;
    }
    return this.#end([]);
  }

  /** A statement that commits alone is observed in a transaction of its own, or bare where it refuses one. */
  async #alone(step: Step): Promise<StatementObservation> {
    await this.#session.script('BEGIN');
    const observation = await this.#observe(step, 'in a transaction');
    this.#left = null;
    if (isRefusal(observation.outcome)) {
      await this.#session.script('ROLLBACK');
      return this.#observe(step, 'bare');
    }
    return this.#finish(observation);
  }

  async #observe(step: Step, how: 'in a transaction' | 'bare'): Promise<StatementObservation> {
    const before = this.#left ?? (await this.#snapshot(how));
    const started = performance.now();
    const outcome = await this.#execute(step);
    const durationMs = performance.now() - started;
    const after = outcome.kind === 'done' ? await this.#snapshot(how) : before;
    this.#relations = after.relations;
    this.#left = how === 'bare' || step.control !== null ? null : after;
    return {
      sql: step.sql,
      line: step.line,
      endLine: step.endLine,
      heldAtStart: strongestLocks(before, this.#existing),
      locks: how === 'bare' ? 'unknown' : strongestLocks(after, this.#existing),
      ...effectsBetween(before, after, this.#existing),
      durationMs,
      outcome,
    };
  }

  #snapshot(how: 'in a transaction' | 'bare'): Promise<Snapshot> {
    return how === 'bare'
      ? snapshotOutside(this.#session)
      : snapshotInTransaction(this.#session, this.#relations);
  }

  async #execute(step: Step): Promise<Outcome> {
    try {
      await this.#session.script(step.sql);
      return { kind: 'done' };
    } catch (error) {
      return this.#outcomeOf(error, step);
    }
  }

  #outcomeOf(error: unknown, step: Step): Outcome {
    if (error instanceof TimeLimitReached) return { kind: 'stopped', limitMs: error.limitMs };
    if (!(error instanceof StatementFailed)) throw error;
    const { position } = error.error;
    const line = position === null ? step.line : this.#lines.lineAtPosition(position, step.offset);
    return { kind: 'failed', error: error.error, line };
  }

  /** Ends the transaction that the statement ran in. Deferred constraints are checked here, and can fail it. */
  async #finish(observation: StatementObservation): Promise<StatementObservation> {
    // The watchdog may have closed the connection; there is no transaction left then.
    if (observation.outcome.kind === 'stopped' || this.#session.transaction() === 'none') return observation;
    if (observation.outcome.kind === 'failed') {
      await this.#session.script('ROLLBACK');
      return observation;
    }
    const outcome = await this.#execute({ ...observation, sql: 'COMMIT', offset: 0, control: 'ends' });
    return { ...observation, outcome: atStatement(outcome, observation) };
  }

  async #end(notRun: readonly Step[]): Promise<MigrationObservation> {
    const last = this.#seen.pop();
    if (last !== undefined) this.#seen.push(await this.#finish(last));
    else if (this.#session.transaction() !== 'none') await this.#session.script('COMMIT');
    return {
      file: this.#migration.path,
      transaction: this.#wrap === 'none' ? 'none' : this.#endedBy === null ? 'file' : 'statement',
      statements: this.#seen,
      notRun,
      transactionEndedBy: this.#endedBy,
    };
  }
}

function isRefusal(outcome: Outcome): boolean {
  return outcome.kind === 'failed' && refusesTransaction(outcome.error);
}

/** An error at COMMIT names no place; the last statement stands for it. */
function atStatement(outcome: Outcome, statement: Statement): Outcome {
  return outcome.kind === 'failed' ? { ...outcome, line: statement.line } : outcome;
}
