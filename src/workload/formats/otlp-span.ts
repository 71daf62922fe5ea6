import { z } from 'zod';
import { type Attributes, attributesOf, attributesSchema } from './otlp-attributes.ts';

/**
 * OpenTelemetry's spans in their JSON form (OTLP/JSON): one object on a line, as the collector's file exporter writes
 * them, or one object in all. Names of keys are in lowerCamelCase; some exporters write snake_case.
 */
export const spanSchema = z.object({
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

/** A span as far as it is read. */
export interface Span {
  readonly trace: string;
  readonly id: string;
  readonly parent: string | null;
  readonly service: string | null;
  /** Milliseconds since the epoch. */
  readonly start: number | null;
  readonly end: number | null;
  readonly attributes: Attributes;
}

export function toSpan(span: z.infer<typeof spanSchema>, service: string | null): Span {
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
