import { z } from 'zod';
import { numberParameters } from '../../../sql/named-parameters.ts';
import type { CaptureFormat } from '../format.ts';
import { asValue, readJson } from '../values.ts';
import { eachLine, type LoggedQuery, lineLog } from './line-log.ts';

/**
 * What Laravel's documentation has `DB::listen` log: `sql`, `bindings` and `time` in milliseconds, which Monolog writes as
 * JSON behind its message. `DB::getQueryLog()` says `query` instead of `sql`.
 */
const event = z.object({
  sql: z.string().optional(),
  query: z.string().optional(),
  bindings: z.array(z.unknown()),
  time: z.number().nullish(),
});

const context = /\{"(?:sql|query)":".*"bindings":.*\}/s;

function readLaravel(line: string): LoggedQuery | null {
  const [json] = context.exec(line) ?? [];
  const read = json === undefined ? undefined : event.safeParse(readJson(json)).data;
  const text = read?.sql ?? read?.query;
  if (read === undefined || text === undefined) return null;
  const { sql, names } = numberParameters(text, 'question mark');
  const isWhole = names.length > 0 && names.length === read.bindings.length;
  return { sql, params: isWhole ? read.bindings.map(asValue) : null, durationMs: read.time ?? null };
}

export const laravelLog: CaptureFormat = lineLog(
  'laravel',
  /\{"(?:sql|query)":"[^\n]*"bindings":\[/,
  eachLine(readLaravel),
);
