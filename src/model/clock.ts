/** The phases of a review that are timed. */
const phases = ['sandbox', 'base', 'observe', 'plan', 'judge', 'remedies'] as const;
export type Phase = (typeof phases)[number];

/** Milliseconds by phase. */
export type Timings = Readonly<Record<Phase | 'total', number>>;

/** Measures the phases of a review, one after the other; one that comes again is added up. */
export class Clock {
  readonly #now: () => number;
  readonly #started: number;
  readonly #laps = new Map<Phase, number>();
  #last: number;

  /** @param now milliseconds, from any point on */
  constructor(now: () => number) {
    this.#now = now;
    this.#started = now();
    this.#last = this.#started;
  }

  /** Ends a phase; it began where the one before ended. */
  lap(phase: Phase): void {
    const at = this.#now();
    this.#laps.set(phase, (this.#laps.get(phase) ?? 0) + at - this.#last);
    this.#last = at;
  }

  timings(): Timings {
    const of = (phase: Phase) => Math.round(this.#laps.get(phase) ?? 0);
    const total = Math.round(this.#now() - this.#started);
    return {
      sandbox: of('sandbox'),
      base: of('base'),
      observe: of('observe'),
      plan: of('plan'),
      judge: of('judge'),
      remedies: of('remedies'),
      total,
    };
  }
}
