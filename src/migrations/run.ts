import type { Migration } from '../model/migration.ts';
import type {
  MigrationObservation,
  Outcome,
  StatementObservation,
  TransactionMode,
} from '../model/observation.ts';
import { refusesTransaction } from '../model/server.ts';
import { Lines } from '../sql/position.ts';
import type { LineOf, StatementObserver, Step } from './statement.ts';

/**
 * How the statements of a migration are to be grouped: all in one transaction, which the run begins and ends
 * itself; in the transaction of the whole deploy, which is open; or each alone.
 */
export type Grouping = 'one transaction' | 'deploy' | 'each alone';

/** One run of a migration's statements. */
export class Run {
  readonly #observer: StatementObserver;
  readonly #migration: Migration;
  readonly #grouping: Grouping;
  readonly #lineOf: LineOf;
  readonly #seen: StatementObservation[] = [];
  #endedBy: Step | null = null;
  /** The last statement that began a transaction of the migration's own, until another ends it. */
  #begunBy: Step | null = null;
  #anyBare = false;

  constructor(observer: StatementObserver, migration: Migration, grouping: Grouping) {
    this.#observer = observer;
    this.#migration = migration;
    this.#grouping = grouping;
    const lines = new Lines(migration.text);
    this.#lineOf = (step, position) =>
      position === null || migration.lines !== undefined
        ? step.line
        : lines.lineAtPosition(position, step.offset);
  }

  /**
   * Runs the statements until one fails.
   *
   * @returns null, with nothing done, where a statement refuses the transaction and `orNothing` says that another
   *   grouping is to be tried.
   */
  async all(steps: readonly Step[], orNothing: boolean): Promise<MigrationObservation | null> {
    const bringsItsOwn = steps[0]?.control === 'begins';
    if (this.#grouping === 'one transaction' && !bringsItsOwn) await this.#observer.begin();
    for (const [index, step] of steps.entries()) {
      const observation = await this.#observe(step);
      if (orNothing && isRefusal(observation.outcome) && this.#endedBy === null) {
        await this.#observer.rollBack();
        return null;
      }
      this.#seen.push(observation);
      if (observation.outcome.kind !== 'done') return this.#end(steps.slice(index + 1));
      if (step.control === 'begins') this.#begunBy ??= step;
      if (step.control === 'ends') this.#begunBy = null;
      if (step.control === 'ends' && index < steps.length - 1) this.#endedBy ??= step;
    }
    return this.#end([]);
  }

  async #observe(step: Step): Promise<StatementObservation> {
    const isOpen = this.#session.transaction() === 'open';
    if (isOpen) return this.#observer.inTransaction(step, this.#lineOf);
    if (step.control === null) return this.#alone(step);
    if (step.control === 'begins') this.#observer.transactionBegan();
    return this.#observer.inTransaction(step, this.#lineOf);
  }

  /** A statement that commits alone is observed in a transaction of its own, or bare where it refuses one. */
  async #alone(step: Step): Promise<StatementObservation> {
    await this.#observer.begin();
    const observation = await this.#observer.inTransaction(step, this.#lineOf);
    if (!isRefusal(observation.outcome)) return this.#finish(observation, step);
    await this.#observer.rollBack();
    this.#anyBare = true;
    return this.#observer.bare(step, this.#lineOf);
  }

  /** Ends the transaction that the statement ran in. */
  async #finish(observation: StatementObservation, step: Step): Promise<StatementObservation> {
    // The watchdog may have closed the connection; there is no transaction left then.
    if (observation.outcome.kind === 'stopped' || this.#session.transaction() === 'none') return observation;
    if (observation.outcome.kind === 'failed') {
      await this.#observer.rollBack();
      return observation;
    }
    const outcome = await this.#observer.commit(this.#lineOf, step);
    return { ...observation, outcome: atStatement(outcome, observation) };
  }

  async #end(notRun: readonly Step[]): Promise<MigrationObservation> {
    const last = this.#seen.at(-1);
    const isFailed = last !== undefined && last.outcome.kind !== 'done';
    if (this.#grouping !== 'deploy' || isFailed) await this.#endTransaction();
    return {
      file: this.#migration.path,
      version: this.#migration.version,
      transaction: this.#mode(),
      statements: this.#seen,
      notRun,
      transactionEndedBy: this.#endedBy,
      transactionLeftOpenBy: this.#begunBy,
    };
  }

  async #endTransaction(): Promise<void> {
    const last = this.#seen.pop();
    if (last !== undefined) this.#seen.push(await this.#finish(last, { ...last, offset: 0, control: null }));
    else if (this.#session.transaction() !== 'none') await this.#observer.rollBack();
  }

  #mode(): TransactionMode {
    switch (this.#grouping) {
      case 'deploy':
        return 'deploy';
      case 'one transaction':
        return this.#endedBy === null ? 'file' : 'statement';
      case 'each alone':
        return this.#anyBare ? 'none' : 'statement';
      default:
        return this.#grouping satisfies never;
    }
  }

  get #session() {
    return this.#observer.session;
  }
}

function isRefusal(outcome: Outcome): boolean {
  return outcome.kind === 'failed' && refusesTransaction(outcome.error);
}

/** An error at COMMIT names no place; the last statement stands for it. */
function atStatement(outcome: Outcome, { line }: StatementObservation): Outcome {
  return outcome.kind === 'failed' ? { ...outcome, line } : outcome;
}
