/** Statements of one request, as lines of a workload file. */
export class Traced {
  readonly #origin: Readonly<Record<string, string>>;
  readonly #lines: string[] = [];
  #at = Date.parse('2026-11-20T10:00:00Z');

  /** @param origin trace, route and service */
  constructor(origin: Readonly<Record<string, string>>) {
    this.#origin = { trace: 'one', ...origin };
  }

  /**
   * @param more what the capture knows of it; `durationMs` is 1 where it does not say, and `after` the milliseconds
   *   since the statement before
   */
  send(
    sql: string,
    params: readonly unknown[] = [],
    { after = 1, durationMs = 1, ...more }: Readonly<Record<string, number>> = {},
  ): this {
    this.#at += after;
    const line = { sql, params, ...this.#origin, startedAt: this.#at, durationMs, ...more };
    this.#lines.push(JSON.stringify(line));
    this.#at += durationMs;
    return this;
  }

  get text(): string {
    return `${this.#lines.join('\n')}\n`;
  }
}
