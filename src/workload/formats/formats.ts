import type { CaptureFormat } from './format.ts';
import { serverLogs } from './logs.ts';
import { ndjson } from './ndjson.ts';
import { javascriptLogs } from './orm/javascript.ts';
import { laravelLog } from './orm/laravel.ts';
import { otherLogs } from './orm/others.ts';
import { pythonLogs } from './orm/python.ts';
import { railsLog } from './orm/rails.ts';
import { otlp } from './otlp.ts';
import { pgStatStatements } from './pg-stat-statements.ts';
import { queryFiles } from './query-files.ts';
import { sqlx } from './sqlx.ts';

/** All formats; the first one that recognises a file reads it. */
export const formats: readonly CaptureFormat[] = [
  queryFiles,
  sqlx,
  ...serverLogs,
  otlp,
  ...pgStatStatements,
  ...javascriptLogs,
  ...pythonLogs,
  railsLog,
  laravelLog,
  ...otherLogs,
  ndjson,
];
