import type { Ordinary } from './ordinary-traces.ts';

/** The same traces, as programs and servers record them; each by the name of its file. */
type Files = Readonly<Record<string, string>>;

const begun = Date.parse('2026-11-20T10:00:00Z');

/** Statements of all traces, one after the other, with the time at which each begins. */
function timed(traces: readonly Ordinary[]) {
  let at = begun;
  return traces.flatMap(({ route, sent }, trace) => {
    at += 60_000;
    return sent.map(([sql, params = [], { rows = 0, ms = 1 } = {}]) => {
      const startedAt = at;
      at += ms + 2;
      return { trace, route, sql, params, rows, ms, startedAt };
    });
  });
}

/** Our own lines. */
export function asWorkload(traces: readonly Ordinary[]): Files {
  const lines = timed(traces).map(({ trace, ms, ...rest }) =>
    JSON.stringify({ ...rest, trace: `t${trace}`, durationMs: ms }),
  );
  return { 'captured.ndjson': `${lines.join('\n')}\n` };
}

/** Spans of a request, with those of its queries below it. */
export function asOtlp(traces: readonly Ordinary[]): Files {
  const nanoseconds = (at: number) => `${at}000000`;
  const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });
  const all = timed(traces);
  const requests = traces.map(({ route }, trace) => {
    const own = all.filter((each) => each.trace === trace);
    return {
      traceId: `trace${trace}`,
      spanId: `request${trace}`,
      name: route,
      startTimeUnixNano: nanoseconds(own[0]?.startedAt ?? begun),
      endTimeUnixNano: nanoseconds((own.at(-1)?.startedAt ?? begun) + 1),
      attributes: [text('http.route', route)],
    };
  });
  const queries = all.map(({ trace, sql, params, rows, ms, startedAt }, index) => ({
    traceId: `trace${trace}`,
    spanId: `query${index}`,
    parentSpanId: `request${trace}`,
    name: 'query',
    startTimeUnixNano: nanoseconds(startedAt),
    endTimeUnixNano: nanoseconds(startedAt + ms),
    attributes: [
      text('db.system.name', 'postgresql'),
      text('db.query.text', sql),
      { key: 'db.response.returned_rows', value: { intValue: rows } },
      ...params.map((value, number) => text(`db.query.parameter.${number}`, literal(value) ?? 'null')),
    ],
  }));
  const resource = { attributes: [text('service.name', 'shop')] };
  const exported = { resourceSpans: [{ resource, scopeSpans: [{ spans: [...requests, ...queries] }] }] };
  return { 'spans.json': `${JSON.stringify(exported)}\n` };
}

/** PostgreSQL's log: a session for each trace. */
export function asJsonLog(traces: readonly Ordinary[]): Files {
  const lines = timed(traces).map(({ trace, sql, params, ms, startedAt }) => {
    const kind = params.length === 0 ? 'statement' : 'execute <unnamed>';
    const values = params.map((value, index) => {
      const shown = literal(value);
      return `$${index + 1} = ${shown === null ? 'NULL' : `'${shown.replaceAll("'", "''")}'`}`;
    });
    return JSON.stringify({
      timestamp: `${new Date(startedAt + ms).toISOString().replace('T', ' ').replace('Z', '')} UTC`,
      user: 'shop',
      dbname: 'shop',
      pid: 1000 + trace,
      session_id: `6b000f5a.${(1000 + trace).toString(16)}`,
      error_severity: 'LOG',
      message: `duration: ${ms}.000 ms  ${kind}: ${sql}`,
      ...(values.length === 0 ? {} : { detail: `Parameters: ${values.join(', ')}` }),
      application_name: 'shop',
    });
  });
  return { 'postgresql.json': `${lines.join('\n')}\n` };
}

/** Active Record's lines between those of the requests. */
export function asRailsLog(traces: readonly Ordinary[]): Files {
  const lines = timed(traces).map(({ sql, params, ms }) => {
    const binds = params.map((value, index) => [`c${index}`, value]);
    return `  Shop Load (${ms}.0ms)  ${sql}${binds.length === 0 ? '' : `  ${JSON.stringify(binds)}`}`;
  });
  return { 'development.log': `${lines.join('\n')}\n` };
}

function literal(value: unknown): string | null {
  if (value === null) return null;
  return Array.isArray(value) ? `{${value.map((each) => literal(each) ?? 'NULL').join(',')}}` : String(value);
}
