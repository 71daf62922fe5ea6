import type { CapturedQuery, Executions } from '../model/query.ts';

/** Executions of one query, added up. */
export class Tally {
  #calls = 0;
  #timedCalls = 0;
  #milliseconds = 0;
  #rows: number | null = null;

  get calls(): number {
    return this.#calls;
  }

  get times(): Pick<Executions, 'totalMilliseconds' | 'meanMilliseconds' | 'rows'> {
    return {
      totalMilliseconds: this.#timedCalls === 0 ? null : this.#milliseconds,
      meanMilliseconds: this.#timedCalls === 0 ? null : this.#milliseconds / this.#timedCalls,
      rows: this.#rows,
    };
  }

  /** What an execution took and returned is that of each call. */
  add({ calls, durationMs, rows }: Pick<CapturedQuery, 'calls' | 'durationMs' | 'rows'>): void {
    this.#calls += calls;
    if (durationMs !== null && calls > 0) {
      this.#timedCalls += calls;
      this.#milliseconds += durationMs * calls;
    }
    if (rows !== null) this.#rows = (this.#rows ?? 0) + rows * calls;
  }
}
