import { z } from 'zod';
import type { CapturedQuery } from '../../model/query.ts';
import { readComment } from '../sqlcommenter.ts';
import { JsonCutter, type JsonPart } from '../stream/json-cutter.ts';
import type { CaptureFile, CaptureFormat, CapturePart } from './format.ts';
import { type Attributes, attributesOf, attributesSchema, textOf } from './otlp-attributes.ts';
import { Routes } from './otlp-routes.ts';
import { type Span, spanSchema, toSpan } from './otlp-span.ts';
import { asValue, readJson } from './values.ts';

const resourceSchema = z.object({ attributes: attributesSchema });

/** Queries that wait for the route of a span above them, and characters of their texts. */
const waitingQueries = { count: 20_000, characters: 8 * 1024 ** 2 } as const;

/** Queries after which those that wait are looked at again; at least as many as there were after the last time. */
const fewestToLookAt = 1_000;

async function* read({ open }: CaptureFile): AsyncGenerator<CapturePart> {
  const routes = new Routes();
  // Children end, and are exported, before their parents: those without a known route wait for it.
  let waiting: Span[] = [];
  let characters = 0;
  let lookAt = fewestToLookAt;
  for await (const { spans, unreadable } of exportsIn(open())) {
    for (const span of spans) {
      routes.add(span);
      if (!isQuery(span)) continue;
      waiting.push(span);
      characters += sqlOf(span)?.length ?? 0;
    }
    const isFull = waiting.length > waitingQueries.count || characters > waitingQueries.characters;
    if (!isFull && waiting.length < lookAt) {
      if (unreadable > 0) yield { statements: [], unreadable };
      continue;
    }
    const { ready, open: still } = isFull
      ? { ready: waiting, open: [] }
      : Object.groupBy(waiting, (span) => (routes.knows(span) ? 'ready' : 'open'));
    waiting = still ?? [];
    characters = waiting.reduce((sum, span) => sum + (sqlOf(span)?.length ?? 0), 0);
    lookAt = Math.max(fewestToLookAt, 2 * waiting.length);
    yield { statements: (ready ?? []).map((span) => capturedOf(span, routes)), unreadable };
  }
  yield { statements: waiting.map((span) => capturedOf(span, routes)), unreadable: 0 };
}

/** What a part of some exports holds. */
interface Spans {
  readonly spans: readonly Span[];
  readonly unreadable: number;
}

async function* exportsIn(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Spans> {
  const cutter = new JsonCutter('spans');
  const reader = new ExportReader();
  for await (const chunk of chunks) {
    yield reader.read(cutter.add(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)));
  }
  yield reader.read(cutter.rest());
}

/** Reads exports into spans, each with the service of its resource. */
class ExportReader {
  #service: string | null = null;

  read(parts: readonly JsonPart[]): Spans {
    const read = parts.map((part) => this.#readPart(part));
    return {
      spans: read.flatMap((each) => (each === null || each === 'unreadable' ? [] : [each])),
      unreadable: read.filter((each) => each === 'unreadable').length,
    };
  }

  #readPart({ kind, text }: JsonPart): Span | 'unreadable' | null {
    switch (kind) {
      case 'next':
        this.#service = null;
        return null;
      case 'resource': {
        const read = resourceSchema.safeParse(parsed(text));
        if (!read.success) return 'unreadable';
        this.#service = textOf(attributesOf(read.data.attributes), 'service.name');
        return null;
      }
      case 'item': {
        const read = spanSchema.safeParse(parsed(text));
        return read.success ? toSpan(read.data, this.#service) : 'unreadable';
      }
      case 'unreadable':
        return 'unreadable';
      default:
        return kind satisfies never;
    }
  }
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
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
      test: routes.testOf(span) ?? origin.test,
    },
    trace,
    startedAt: start,
    durationMs: start === null || end === null ? null : end - start,
    rows: rows === null ? null : Number(rows),
  };
}

/**
 * `db.query.parameter.0` is `$1`; node-postgres' instrumentation has a list of its own, in which texts and numbers stand as
 * they are and the rest as JSON: `null`, `"2026-11-20T09:14:02.497Z"`, `["a"]`.
 */
function parametersOf(attributes: Attributes): readonly unknown[] | null {
  const list = attributes.get('db.postgresql.values');
  // Bytes are written as if they were text, and cannot be told any more.
  if (Array.isArray(list))
    return list.some((value) => /[\0\ufffd]/.test(String(value))) ? null : list.map(unquoted);
  const keys = [...attributes.keys()].flatMap((key) => /^db\.query\.parameter\.(\d+)$/.exec(key)?.[1] ?? []);
  if (keys.length === 0) return null;
  const numbers = keys.map(Number).toSorted((a, b) => a - b);
  // A gap means that some were left out, and so what is there fits nothing.
  if (numbers.some((number, index) => number !== index)) return null;
  return numbers.map((number) => attributes.get(`db.query.parameter.${number}`));
}

/** A time or a list in JSON; an object stays as it is, since that is how PostgreSQL reads one. */
function unquoted(value: unknown): unknown {
  if (value === 'null') return null;
  if (typeof value !== 'string' || !/^(?:"\d{4}-.*"|\[.*\])$/s.test(value)) return value;
  return asValue(readJson(value)) ?? value;
}

export const otlp: CaptureFormat = {
  name: 'otlp',
  recognises: (beginning) => /^\s*\{\s*"(?:resourceSpans|resource_spans)"/m.test(beginning),
  read,
};
