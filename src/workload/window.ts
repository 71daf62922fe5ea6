import type { CapturedQuery } from '../model/query.ts';

/** Shorter captures say nothing about calls a second. */
const shortestMs = 10_000;

/** The time from the first to the last execution of a capture. */
export class CaptureWindow {
  #first = Number.POSITIVE_INFINITY;
  #last = Number.NEGATIVE_INFINITY;
  #isComplete = true;

  add({ startedAt }: Pick<CapturedQuery, 'startedAt'>): void {
    if (startedAt === null) {
      this.#isComplete = false;
      return;
    }
    this.#first = Math.min(this.#first, startedAt);
    this.#last = Math.max(this.#last, startedAt);
  }

  /** Null where an execution does not tell when it began, or all began within a few seconds. */
  get milliseconds(): number | null {
    const lasted = this.#last - this.#first;
    return this.#isComplete && lasted >= shortestMs ? lasted : null;
  }
}
