import { type Attributes, textOf } from './otlp-attributes.ts';
import type { Span } from './otlp-span.ts';

/** Routes of spans are remembered for so many of them, as their children may come first or much later. */
const rememberedSpans = 100_000;

/** Spans above one that are asked; what names itself as its parent is no end of it. */
const highest = 100;

/** A span as far as those below it ask. */
interface RememberedSpan {
  readonly parent: string | null;
  readonly route: string | null;
  readonly test: string | null;
}

/** Which request a span belongs to: that of the nearest span above it with an HTTP route. */
export class Routes {
  #spans = new Map<string, RememberedSpan>();
  /** Those that are forgotten next. */
  #older = new Map<string, RememberedSpan>();

  add({ trace, id, parent, attributes }: Span): void {
    if (this.#spans.size >= rememberedSpans / 2) {
      this.#older = this.#spans;
      this.#spans = new Map();
    }
    const above = parent === null ? null : `${trace} ${parent}`;
    this.#spans.set(`${trace} ${id}`, {
      parent: above,
      route: routeOf(attributes),
      test: textOf(attributes, 'test.case.name'),
    });
  }

  of({ trace, id }: Span): string | null {
    return this.#walk(`${trace} ${id}`).route;
  }

  #get(key: string): RememberedSpan | undefined {
    return this.#spans.get(key) ?? this.#older.get(key);
  }

  /** The test that a span belongs to: that of the nearest span above it that names one. */
  testOf({ trace, id }: Span): string | null {
    let span = this.#get(`${trace} ${id}`);
    for (let height = 0; span !== undefined && height < highest; height += 1) {
      if (span.test !== null || span.parent === null) return span.test;
      span = this.#get(span.parent);
    }
    return null;
  }

  /** Whether nothing that is still to come can tell more. */
  knows({ trace, id }: Span): boolean {
    const { route, isComplete } = this.#walk(`${trace} ${id}`);
    return route !== null || isComplete;
  }

  #walk(from: string): { readonly route: string | null; readonly isComplete: boolean } {
    const seen = new Set<string>();
    for (let key: string | null = from; key !== null && !seen.has(key); ) {
      seen.add(key);
      const span = this.#get(key);
      if (span === undefined) return { route: null, isComplete: false };
      if (span.route !== null) return { route: span.route, isComplete: true };
      key = span.parent;
    }
    return { route: null, isComplete: true };
  }
}

function routeOf(attributes: Attributes): string | null {
  const method = textOf(attributes, 'http.request.method', 'http.method');
  const route = textOf(attributes, 'http.route');
  const path = route ?? textOf(attributes, 'url.path', 'http.target')?.split('?')[0] ?? null;
  const job = textOf(attributes, 'messaging.destination.name', 'faas.name', 'test.case.name');
  if (path === null) return job;
  return method === null ? path : `${method} ${path}`;
}
