import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Forms in which the same executions are written. */
export const captureForms = [
  'jsonlog',
  'stderr',
  'csvlog',
  'auto_explain',
  'otlp',
  'otlp in one',
  'ndjson',
  'pg_stat_statements',
] as const;

export type CaptureForm = (typeof captureForms)[number];

interface Execution {
  readonly number: number;
  readonly sql: string;
  readonly params: readonly string[];
  readonly ms: string;
  readonly time: string;
  readonly session: string;
  readonly pid: number;
}

/** Shapes of queries; an application has some hundred. */
const shapes = 200;

/** Sessions at a time, each of which is another after some thousand executions. */
const sessions = 40;

const columns = 'id, customer_id, status, created_at, updated_at, note';

/** Of five executions, one holds its values as constants, as psycopg and Active Record without prepared statements send them. */
function executionOf(number: number): Execution {
  const shape = number % shapes;
  const id = String((number * 2_654_435_761) % 10_000_000);
  const table = `t${shape}`;
  const hasConstants = number % 5 === 0;
  const [first, second] = hasConstants ? [id, `'open ${number % 7}'`] : ['$1', '$2'];
  const comment = `/*controller='orders',route='%2Forders%2F${shape % 20}',traceparent='00-${number.toString(16).padStart(32, '0')}-01'*/`;
  const sql = `SELECT ${columns} FROM ${table} WHERE customer_id = ${first} AND status = ${second} ORDER BY created_at DESC LIMIT 20${number % 3 === 0 ? ` ${comment}` : ''}`;
  const at = new Date(Date.UTC(2026, 10, 20) + number);
  const pid = 10_000 + (number % sessions) + sessions * Math.floor(number / 200_000);
  return {
    number,
    sql,
    params: hasConstants ? [] : [id, `open ${number % 7}`],
    ms: (0.05 + (number % 997) / 100).toFixed(3),
    time: at.toISOString().replace('T', ' ').replace('Z', ' UTC'),
    session: `6b007af8.${pid.toString(16)}`,
    pid,
  };
}

function messageOf({ sql, params, ms }: Execution): string {
  return `duration: ${ms} ms  ${params.length > 0 ? 'execute <unnamed>' : 'statement'}: ${sql}`;
}

function valuesOf(params: readonly string[]): string {
  return params.map((value, index) => `$${index + 1} = '${value}'`).join(', ');
}

function detailOf({ params }: Execution): string {
  return `parameters: ${valuesOf(params)}`;
}

function jsonEntry(execution: Execution, message: string): string {
  const { time, session, pid, number, params } = execution;
  return `${JSON.stringify({
    timestamp: time,
    user: 'app',
    dbname: 'shop',
    pid,
    remote_host: '10.0.0.7',
    remote_port: 40_000 + (pid % 20_000),
    session_id: session,
    line_num: number,
    ps: 'SELECT',
    session_start: '2026-11-20 00:00:00 UTC',
    vxid: `3/${number}`,
    txid: 0,
    error_severity: 'LOG',
    message,
    ...(params.length > 0 ? { detail: detailOf(execution) } : {}),
    application_name: 'shop',
    backend_type: 'client backend',
    query_id: 0,
  })}\n`;
}

function explained({ sql, params, ms }: Execution): string {
  const text = {
    'Query Text': sql,
    ...(params.length > 0 ? { 'Query Parameters': valuesOf(params) } : {}),
    Plan: {
      'Node Type': 'Limit',
      'Parallel Aware': false,
      'Async Capable': false,
      'Startup Cost': 0.43,
      'Total Cost': 8.45,
      'Plan Rows': 20,
      'Plan Width': 40,
      'Actual Rows': 20,
      'Actual Loops': 1,
      Plans: [
        {
          'Node Type': 'Index Scan',
          'Parent Relationship': 'Outer',
          'Parallel Aware': false,
          'Async Capable': false,
          'Scan Direction': 'Backward',
          'Index Name': 'orders_created_at_idx',
          'Relation Name': 'orders',
          Alias: 'orders',
          'Startup Cost': 0.43,
          'Total Cost': 8.45,
          'Plan Rows': 1,
          'Plan Width': 40,
          'Actual Rows': 20,
          'Actual Loops': 1,
          'Index Cond': `(customer_id = 1)`,
          'Rows Removed by Index Recheck': 0,
        },
      ],
    },
  };
  return `duration: ${ms} ms  plan:\n${JSON.stringify(text, null, 2)}`;
}

function stderrEntry(execution: Execution): string {
  const prefix = `${execution.time} [${execution.pid}] app@shop `;
  const detail = execution.params.length > 0 ? `${prefix}DETAIL:  ${detailOf(execution)}\n` : '';
  return `${prefix}LOG:  ${messageOf(execution)}\n${detail}`;
}

function csvEntry(execution: Execution): string {
  const { time, session, pid, number, params } = execution;
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const detail = params.length > 0 ? quoted(detailOf(execution)) : '';
  return `${time},"app","shop",${pid},"10.0.0.7:4000",${session},${number},"SELECT",2026-11-20 00:00:00 UTC,3/${number},0,LOG,00000,${quoted(messageOf(execution))},${detail},,,,,,,,"shop","client backend",,0\n`;
}

function resourceSpans({ sql, number, ms }: Execution): string {
  const start = 1_795_132_800_000_000_000n + BigInt(number) * 1_000_000n;
  const span = (id: string, parent: string, attributes: Readonly<Record<string, string>>) => ({
    traceId: Math.floor(number / 10)
      .toString(16)
      .padStart(32, '0'),
    spanId: id,
    parentSpanId: parent,
    name: 'pg.query',
    kind: 3,
    startTimeUnixNano: String(start),
    endTimeUnixNano: String(start + BigInt(Math.round(Number(ms) * 1e6))),
    attributes: Object.entries(attributes).map(([key, value]) => ({ key, value: { stringValue: value } })),
    status: {},
  });
  const request = `f${Math.floor(number / 10)
    .toString(16)
    .padStart(15, '0')}`;
  const query = span(number.toString(16).padStart(16, '0'), request, {
    'db.system': 'postgresql',
    'db.name': 'shop',
    'db.statement': sql,
    'net.peer.name': 'localhost',
  });
  const parent = span(request, '', { 'http.method': 'GET', 'http.route': `/orders/${number % 20}` });
  return JSON.stringify({
    resource: { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] },
    scopeSpans: [
      {
        scope: { name: '@opentelemetry/instrumentation-pg' },
        spans: number % 10 === 9 ? [query, parent] : [query],
      },
    ],
  });
}

function recordOf(form: CaptureForm, execution: Execution): string {
  switch (form) {
    case 'jsonlog':
      return jsonEntry(execution, messageOf(execution));
    case 'auto_explain':
      return jsonEntry({ ...execution, params: [] }, explained(execution));
    case 'stderr':
      return stderrEntry(execution);
    case 'csvlog':
      return csvEntry(execution);
    case 'otlp':
      return `{"resourceSpans":[${resourceSpans(execution)}]}\n`;
    case 'otlp in one':
      return `${execution.number === 0 ? '{"resourceSpans":[' : ','}${resourceSpans(execution)}`;
    case 'ndjson': {
      const { sql, params, ms, session, number } = execution;
      return `${JSON.stringify({ sql, ...(params.length > 0 ? { params } : {}), route: `GET /orders/${number % 20}`, file: 'src/orders.ts', line: 1 + (number % 90), trace: session, startedAt: 1_795_132_800_000 + number, durationMs: Number(ms) })}\n`;
    }
    case 'pg_stat_statements': {
      const { sql, ms, number } = execution;
      const header = number === 0 ? 'queryid,calls,total_exec_time,rows,query\n' : '';
      return `${header}${number},7,${ms},20,"${sql.replaceAll('"', '""')}"\n`;
    }
    default:
      return form satisfies never;
  }
}

/** Writes a capture of at least so many bytes, and returns how many executions it holds. */
export async function writeCapture(path: string, form: CaptureForm, bytes: number): Promise<number> {
  let count = 0;
  function* parts(): Generator<string> {
    for (let written = 0; written < bytes; ) {
      let part = '';
      while (part.length < 1024 ** 2 && written + part.length < bytes) {
        part += recordOf(form, executionOf(count));
        count += 1;
      }
      written += part.length;
      yield part;
    }
    if (form === 'otlp in one') yield ']}\n';
  }
  await pipeline(Readable.from(parts()), createWriteStream(path));
  return count;
}
