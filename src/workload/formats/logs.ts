import { type LogForm, readLog } from '../log/read.ts';
import type { CaptureFormat } from './format.ts';

function serverLog(name: LogForm, recognises: CaptureFormat['recognises']): CaptureFormat {
  return { name, recognises, read: ({ open }) => readLog(open(), name) };
}

/** A time, then user, database, process, connection, session and the rest. */
const csvBeginning = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+ [^,]*,(?:"[^"]*")?,(?:"[^"]*")?,\d*,/m;

const stderrLine = /^\S.*\b(?:LOG|ERROR|FATAL|WARNING|DETAIL|STATEMENT): {2}\S/m;

/** Logs of a server (log_destination). */
export const serverLogs: readonly CaptureFormat[] = [
  serverLog('jsonlog', (text) => /^\{"timestamp":"[^"]*",.*"error_severity":"/m.test(text)),
  serverLog('csvlog', (text) => csvBeginning.test(text)),
  serverLog('stderr', (text) => stderrLine.test(text)),
];
