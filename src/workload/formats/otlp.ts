import { z } from 'zod';
import type { CapturedQuery } from '../../model/query.ts';
import { readComment } from '../sqlcommenter.ts';
import { recordsOf } from '../stream/records.ts';
import type { CaptureFile, CaptureFormat, CapturePart } from './format.ts';
import { type Attributes, attributesOf, attributesSchema, textOf } from './otlp-attributes.ts';

/**
 * OpenTelemetry's spans in their JSON form (OTLP/JSON): one object on a line, as the collector's file exporter writes
 * them, or one object in all. Names of keys are in lowerCamelCase; some exporters write snake_case.
 */
const spanSchema = z.object({
  traceId: z.string().optional(),
  trace_id: z.string().optional(),
  spanId: z.string().optional(),
  span_id: z.string().optional(),
  parentSpanId: z.string().optional(),
  parent_span_id: z.string().optional(),
  name: z.string().optional(),
  startTimeUnixNano: z.union([z.string(), z.number()]).optional(),
  start_time_unix_nano: z.union([z.string(), z.number()]).optional(),
  endTimeUnixNano: z.union([z.string(), z.number()]).optional(),
  end_time_unix_nano: z.union([z.string(), z.number()]).optional(),
  attributes: attributesSchema,
});

const scopeSchema = z.object({ spans: z.array(spanSchema).optional() });

const resourceSchema = z.object({
  resource: z.object({ attributes: attributesSchema }).optional(),
  scopeSpans: z.array(scopeSchema).optional(),
  scope_spans: z.array(scopeSchema).optional(),
  instrumentationLibrarySpans: z.array(scopeSchema).optional(),
});

const exportSchema = z.object({
  resourceSpans: z.array(resourceSchema).optional(),
  resource_spans: z.array(resourceSchema).optional(),
});

/** A span as far as it is read. */
interface Span {
  readonly trace: string;
  readonly id: string;
  readonly parent: string | null;
  readonly service: string | null;
  /** Milliseconds since the epoch. */
  readonly start: number | null;
  readonly end: number | null;
  readonly attributes: Attributes;
}

/** Routes of spans are remembered for so many of them, as their children may come first or much later. */
const rememberedSpans = 200_000;

async function* read({ open }: CaptureFile): AsyncGenerator<CapturePart> {
  const routes = new Routes();
  // Children end, and are exported, before their parents: those without a known route wait for it.
  let waiting: Span[] = [];
  for await (const records of recordsOf(open(), 'line break')) {
    let unreadable = 0;
    for (const record of records) {
      if (record !== null && record.trim() === '') continue;
      const spans = record === null ? null : spansIn(record);
      if (spans === null) {
        unreadable += 1;
        continue;
      }
      for (const span of spans) routes.add(span);
      waiting.push(...spans.filter(isQuery));
    }
    const isFull = waiting.length > rememberedSpans;
    const ready = isFull ? waiting : waiting.filter((span) => routes.knows(span));
    waiting = isFull ? [] : waiting.filter((span) => !routes.knows(span));
    yield { statements: ready.map((span) => capturedOf(span, routes)), unreadable };
  }
  yield { statements: waiting.map((span) => capturedOf(span, routes)), unreadable: 0 };
}

function spansIn(record: string): readonly Span[] | null {
  let value: unknown;
  try {
    value = JSON.parse(record);
  } catch {
    return null;
  }
  const parsed = exportSchema.safeParse(value);
  if (!parsed.success) return null;
  const resources = parsed.data.resourceSpans ?? parsed.data.resource_spans ?? [];
  return resources.flatMap(({ resource, ...scopes }) => {
    const service = textOf(attributesOf(resource?.attributes), 'service.name');
    const all = scopes.scopeSpans ?? scopes.scope_spans ?? scopes.instrumentationLibrarySpans ?? [];
    return all.flatMap(({ spans = [] }) => spans.map((span) => toSpan(span, service)));
  });
}

function toSpan(span: z.infer<typeof spanSchema>, service: string | null): Span {
  return {
    trace: span.traceId ?? span.trace_id ?? '',
    id: span.spanId ?? span.span_id ?? '',
    parent: (span.parentSpanId ?? span.parent_span_id) || null,
    service: service?.startsWith('unknown_service') ? null : service,
    start: milliseconds(span.startTimeUnixNano ?? span.start_time_unix_nano),
    end: milliseconds(span.endTimeUnixNano ?? span.end_time_unix_nano),
    attributes: attributesOf(span.attributes),
  };
}

/** Nanoseconds exceed what a number holds exactly; milliseconds with three decimals do not. */
function milliseconds(nanoseconds: string | number | undefined): number | null {
  if (nanoseconds === undefined) return null;
  const text = String(nanoseconds);
  return /^\d+$/.test(text) ? Number(BigInt(text) / 1000n) / 1000 : null;
}

/** `db.query.text` since version 1.26 of the semantic conventions, `db.statement` before. */
function sqlOf({ attributes }: Span): string | null {
  return textOf(attributes, 'db.query.text', 'db.statement');
}

function isQuery(span: Span): boolean {
  const system = textOf(span.attributes, 'db.system.name', 'db.system');
  return sqlOf(span) !== null && (system === null || /postgres|cockroach|redshift/i.test(system));
}

function capturedOf(span: Span, routes: Routes): CapturedQuery {
  const { attributes, start, end, service, trace } = span;
  const { text, origin } = readComment(sqlOf(span) ?? '');
  const rows = textOf(attributes, 'db.response.returned_rows');
  const line = textOf(attributes, 'code.line.number', 'code.lineno');
  return {
    sql: text,
    name: null,
    params: parametersOf(attributes),
    calls: 1,
    origin: {
      service: service ?? origin.service,
      route: routes.of(span) ?? origin.route,
      file: textOf(attributes, 'code.file.path', 'code.filepath') ?? origin.file,
      line: line === null ? origin.line : Number(line),
    },
    trace,
    startedAt: start,
    durationMs: start === null || end === null ? null : end - start,
    rows: rows === null ? null : Number(rows),
  };
}

/** `db.query.parameter.0` is `$1`; node-postgres' instrumentation has a list of its own. */
function parametersOf(attributes: Attributes): readonly unknown[] | null {
  const list = attributes.get('db.postgresql.values');
  if (Array.isArray(list)) return list;
  const keys = [...attributes.keys()].flatMap((key) => /^db\.query\.parameter\.(\d+)$/.exec(key)?.[1] ?? []);
  if (keys.length === 0) return null;
  const numbers = keys.map(Number).toSorted((a, b) => a - b);
  // A gap means that some were left out, and so what is there fits nothing.
  if (numbers.some((number, index) => number !== index)) return null;
  return numbers.map((number) => attributes.get(`db.query.parameter.${number}`));
}

/** Which request a span belongs to: that of the nearest span above it with an HTTP route. */
class Routes {
  readonly #spans = new Map<string, { readonly parent: string | null; readonly route: string | null }>();

  add({ trace, id, parent, attributes }: Span): void {
    if (this.#spans.size >= rememberedSpans) this.#spans.clear();
    const above = parent === null ? null : `${trace} ${parent}`;
    this.#spans.set(`${trace} ${id}`, { parent: above, route: routeOf(attributes) });
  }

  of({ trace, id }: Span): string | null {
    return this.#walk(`${trace} ${id}`).route;
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
      const span = this.#spans.get(key);
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

export const otlp: CaptureFormat = {
  name: 'otlp',
  recognises: (beginning) => /^\s*\{\s*"(?:resourceSpans|resource_spans)"/m.test(beginning),
  read,
};
