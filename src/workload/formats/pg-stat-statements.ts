import { z } from 'zod';
import type { CapturedQuery } from '../../model/query.ts';
import { parseCsv } from '../../server-log/csv.ts';
import { readComment } from '../sqlcommenter.ts';
import { JsonCutter, type JsonPart } from '../stream/json-cutter.ts';
import { recordsOf } from '../stream/records.ts';
import type { CaptureFile, CaptureFormat, CapturePart } from './format.ts';

/**
 * A row of the view. Times are `total_exec_time` since version 13, `total_time` before; in statements of our own choosing
 * they may be missing.
 */
const row = z.object({
  query: z.string().min(1),
  calls: z.coerce.number().nonnegative(),
  total_exec_time: z.coerce.number().optional(),
  total_time: z.coerce.number().optional(),
  rows: z.coerce.number().optional(),
  toplevel: z.union([z.boolean(), z.string()]).optional(),
});

/** Since version 18 a list is `$1 /*, ... *\/`, which is a list of one to the grammar. */
function toCaptured(value: unknown): CapturedQuery | 'nested' | null {
  const parsed = row.safeParse(value);
  if (!parsed.success) return null;
  const { query, calls, total_exec_time, total_time, rows, toplevel } = parsed.data;
  // What functions and triggers run is no query that a client sends.
  if (toplevel === false || toplevel === 'f' || toplevel === 'false') return 'nested';
  const { text: sql, origin } = readComment(query);
  const total = total_exec_time ?? total_time ?? null;
  return {
    sql,
    name: null,
    params: null,
    calls,
    origin,
    trace: null,
    startedAt: null,
    durationMs: total === null || calls === 0 ? null : total / calls,
    rows: rows === undefined || calls === 0 ? null : rows / calls,
  };
}

function partOf(values: readonly unknown[]): CapturePart {
  const read = values.map(toCaptured);
  return {
    statements: read.flatMap((each) => (each === null || each === 'nested' ? [] : [each])),
    unreadable: read.filter((each) => each === null).length,
  };
}

async function* readCsv({ open }: CaptureFile): AsyncGenerator<CapturePart> {
  let header: readonly string[] | null = null;
  for await (const records of recordsOf(open(), 'line break outside quotes')) {
    const values: unknown[] = [];
    for (const record of records) {
      if (record === '') continue;
      const [fields = []] = record === null ? [] : parseCsv(`${record}\n`);
      if (header === null) header = fields;
      else values.push(Object.fromEntries(header.map((name, index) => [name, fields[index]])));
    }
    yield partOf(values);
  }
}

/** One array, or an object on each line. */
async function* readJson({ open }: CaptureFile): AsyncGenerator<CapturePart> {
  const cutter = new JsonCutter('rows');
  for await (const chunk of open()) {
    yield rowsIn(cutter.add(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)));
  }
  yield rowsIn(cutter.rest());
}

function rowsIn(parts: readonly JsonPart[]): CapturePart {
  return partOf(parts.map(({ kind, text }) => (kind === 'item' ? parsed(text) : null)));
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}

const jsonBeginning = /^\s*\[?\s*\{.*?"(?:query|queryid)"\s*:/s;

/** What the extension pg_stat_statements counts, as COPY or a client writes it. */
export const pgStatStatements: readonly CaptureFormat[] = [
  {
    name: 'pg_stat_statements',
    recognises: (beginning) => {
      const [header = ''] = beginning.split('\n', 1);
      const names = header.trim().split(',');
      return names.includes('query') && names.includes('calls');
    },
    counted: 'in total',
    read: readCsv,
  },
  {
    name: 'pg_stat_statements-json',
    recognises: (beginning) =>
      jsonBeginning.test(beginning.slice(0, 65_536)) &&
      /"calls"\s*:/.test(beginning) &&
      !/"sql"\s*:/.test(beginning),
    counted: 'in total',
    read: readJson,
  },
];
