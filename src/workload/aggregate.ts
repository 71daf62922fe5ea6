import type { CapturedQuery, Origin, Query } from '../model/query.ts';
import type { Unchecked } from '../model/review.ts';
import type { Trace } from '../model/trace.ts';
import { type Counted, Gathering } from './gathering.ts';
import type { Recognised } from './recognise.ts';
import { Recognition } from './recognition.ts';
import { detached, Room } from './room.ts';
import { isTest, Traces } from './traces.ts';
import { CaptureWindow } from './window.ts';

/** Characters of texts, values and origins that are kept, of all queries together. */
const keptCharacters = 24 * 1024 ** 2;

/** Shapes of queries that are kept; a capture has some hundred, unless its texts are forged. */
const keptQueries = 20_000;

/** What is told one by one of what was not looked at; the rest is counted. */
const toldUnchecked = 1_000;

/** Gathers captured executions by query shape. */
export class Aggregation {
  readonly #recognition = new Recognition();
  readonly #queries = new Map<string, Gathering>();
  readonly #unchecked = new Map<string, Unchecked>();
  #untold = 0;
  #queriesLeftOut = 0;
  #sentByTests = 0;
  readonly #window = new CaptureWindow();
  readonly #traces = new Traces();
  readonly #room = new Room(keptCharacters);
  readonly #migrations = new Traces();

  add(sent: CapturedQuery, counted: Counted = 'one by one'): void {
    const { recognised, sql } = this.#recognition.of(sent.sql);
    // Values belong to the parameters that the text had when it was sent.
    const captured = { ...sent, sql, params: sql === sent.sql ? sent.params : null };
    this.#traces.add(captured, recognised);
    switch (recognised.kind) {
      case 'query':
        this.#window.add(captured);
        // A migration tool's own records are no matter of the application.
        if (recognised.isBookkeeping) return;
        // Nor is what tests send by themselves, to prepare what they test and to look at what came of it.
        if (isTest(captured.origin.file)) this.#sentByTests += captured.calls;
        else this.#gather(captured, recognised, counted);
        return;
      case 'definition':
        // Of what a session sent, trace/ddl-at-run-time tells.
        if (captured.trace === null) this.skip({ subject: subjectOf(captured), reason: recognised.reason });
        return;
      case 'unchecked':
        this.skip({ subject: subjectOf(captured), reason: recognised.reason });
        return;
      case 'control':
      case 'set apart':
        return;
      default:
        recognised satisfies never;
    }
  }

  /** Adds what a migration sent: it is no query of the workload, and only looked at for what it repeats. */
  addMigration(captured: CapturedQuery): void {
    this.#migrations.add(captured, this.#recognition.of(captured.sql).recognised);
  }

  skip(unchecked: Unchecked): void {
    const key = `${unchecked.subject}\0${unchecked.reason}`;
    if (this.#unchecked.has(key)) return;
    if (this.#unchecked.size < toldUnchecked) this.#unchecked.set(key, unchecked);
    else this.#untold += 1;
  }

  get queries(): readonly Query[] {
    return [...this.#queries.values()].map((gathering) => gathering.query);
  }

  /** What requests, tests and sessions sent; nothing can be added afterwards. */
  get traces(): readonly Trace[] {
    return this.#traces.end();
  }

  /** What migrations sent; nothing can be added afterwards. */
  get migrations(): readonly Trace[] {
    return this.#migrations.end();
  }

  /** How long the capture lasted; null where not every execution tells when it began. */
  get milliseconds(): number | null {
    return this.#window.milliseconds;
  }

  get unchecked(): readonly Unchecked[] {
    const { dropped } = this.#traces;
    const counted = [
      { count: dropped, reason: 'further sequences of queries were not looked at' },
      {
        count: this.#queriesLeftOut,
        reason: `executions of queries beyond the first ${keptQueries} shapes were not looked at`,
      },
      { count: this.#untold, reason: 'further statements of it were not looked at' },
      {
        count: this.#queries.size === 0 ? this.#sentByTests : 0,
        reason:
          'executions are all there is of queries, and tests sent them by themselves, not the application',
      },
    ];
    return [
      ...this.#unchecked.values(),
      ...counted.flatMap(({ count, reason }) =>
        count > 0 ? [{ subject: 'workload', reason: `${count} ${reason}` }] : [],
      ),
    ];
  }

  #gather(
    captured: CapturedQuery,
    recognised: Extract<Recognised, { kind: 'query' }>,
    counted: Counted,
  ): void {
    let gathering = this.#queries.get(recognised.fingerprint);
    if (gathering === undefined) {
      if (this.#queries.size >= keptQueries || !this.#room.take(captured.sql.length)) {
        this.#queriesLeftOut += captured.calls;
        return;
      }
      gathering = new Gathering(captured, recognised, this.#room);
      this.#queries.set(recognised.fingerprint, gathering);
    }
    gathering.add(captured, recognised, counted);
  }
}

/** How a query without a name is called in a list: where it comes from, or how it begins. */
export function subjectOf({
  sql,
  name,
  origin,
}: Pick<CapturedQuery, 'sql' | 'name'> & {
  readonly origin: Pick<Origin, 'route' | 'file' | 'line'>;
}): string {
  const place =
    origin.file === null ? null : `${origin.file}${origin.line === null ? '' : `:${origin.line}`}`;
  const text = sql.slice(0, 10_000).replaceAll(/\s+/g, ' ').trim();
  return name ?? origin.route ?? place ?? (text.length > 80 ? detached(`${text.slice(0, 79)}…`) : text);
}
