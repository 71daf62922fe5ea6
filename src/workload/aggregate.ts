import type { CapturedQuery, Origin, Query } from '../model/query.ts';
import type { Unchecked } from '../model/review.ts';
import type { Trace } from '../model/trace.ts';
import { Differing } from './differing.ts';
import { type Recognised, recognise } from './recognise.ts';
import { Traces } from './traces.ts';
import { CaptureWindow } from './window.ts';

interface Gathering {
  readonly first: CapturedQuery;
  readonly parameterCount: number;
  calls: number;
  /** Values that its text was captured with. */
  readonly samples: Differing<readonly unknown[]>;
  /** Texts without parameters, the first one included where it is one. */
  readonly texts: Differing<string>;
  readonly origins: Map<string, Origin>;
}

/** Executions of a query whose values are kept. */
const keptSamples = 5;

/** Texts whose recognition is remembered; a capture repeats few texts often. */
const rememberedTexts = 20_000;

/** Gathers captured executions by query shape. */
export class Aggregation {
  readonly #recognised = new Map<string, Recognised>();
  readonly #queries = new Map<string, Gathering>();
  readonly #unchecked = new Map<string, Unchecked>();
  readonly #window = new CaptureWindow();
  readonly #traces = new Traces();

  add(captured: CapturedQuery): void {
    const recognised = this.#recognise(captured.sql);
    this.#traces.add(captured, recognised);
    switch (recognised.kind) {
      case 'query':
        this.#gather(captured, recognised);
        this.#window.add(captured);
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

  skip(unchecked: Unchecked): void {
    this.#unchecked.set(`${unchecked.subject}\0${unchecked.reason}`, unchecked);
  }

  get queries(): readonly Query[] {
    return [...this.#queries].map(([key, { first, parameterCount, calls, samples, texts, origins }]) => ({
      fingerprint: key,
      sql: first.sql,
      name: first.name,
      calls,
      parameterCount,
      samples: samples.items,
      texts: texts.items.filter((sql) => sql !== first.sql),
      origins: [...origins.values()],
    }));
  }

  /** What requests, tests and sessions sent; nothing can be added afterwards. */
  get traces(): readonly Trace[] {
    return this.#traces.end();
  }

  /** How long the capture lasted; null where not every execution tells when it began. */
  get milliseconds(): number | null {
    return this.#window.milliseconds;
  }

  get unchecked(): readonly Unchecked[] {
    const { dropped } = this.#traces;
    const traces = {
      subject: 'workload',
      reason: `${dropped} further sequences of queries were not looked at`,
    };
    return [...this.#unchecked.values(), ...(dropped > 0 ? [traces] : [])];
  }

  #gather(
    captured: CapturedQuery,
    { fingerprint: key, parameterCount, constants }: Extract<Recognised, { kind: 'query' }>,
  ): void {
    const known = this.#queries.get(key);
    const gathering: Gathering = known ?? {
      first: captured,
      parameterCount,
      calls: 0,
      samples: new Differing(keptSamples),
      texts: new Differing(keptSamples),
      origins: new Map(),
    };
    gathering.calls += captured.calls;
    // Values belong to the text that they were captured with: another text may number them differently.
    const { sql, params } = captured;
    if (params !== null && parameterCount > 0 && sql === gathering.first.sql)
      gathering.samples.add(params, params);
    if (parameterCount === 0) gathering.texts.add(constants, sql);
    gathering.origins.set(JSON.stringify(captured.origin), captured.origin);
    if (known === undefined) this.#queries.set(key, gathering);
  }

  #recognise(sql: string): Recognised {
    const known = this.#recognised.get(sql);
    if (known !== undefined) return known;
    const recognised = recognise(sql);
    if (this.#recognised.size >= rememberedTexts) this.#recognised.clear();
    this.#recognised.set(sql, recognised);
    return recognised;
  }
}

/** How a query without a name is called in a list: where it comes from, or how it begins. */
export function subjectOf({ sql, name, origin }: Pick<CapturedQuery, 'sql' | 'name' | 'origin'>): string {
  const place =
    origin.file === null ? null : `${origin.file}${origin.line === null ? '' : `:${origin.line}`}`;
  const text = sql.replaceAll(/\s+/g, ' ').trim();
  return name ?? origin.route ?? place ?? (text.length > 80 ? `${text.slice(0, 79)}…` : text);
}
