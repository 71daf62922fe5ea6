import { type LogForm, readLog } from '../log/read.ts';
import type { CaptureFormat } from './format.ts';

function serverLog(
  name: LogForm,
  recognises: CaptureFormat['recognises'],
  beginsEntry: (text: string) => boolean,
): CaptureFormat {
  return { name, recognises, beginsEntry, read: ({ open }) => readLog(open(), name) };
}

/** A time, then user, database, process, connection, session and the rest. */
const csvBeginning = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+ [^,]*,(?:"[^"]*")?,(?:"[^"]*")?,\d*,/m;

const stderrLine = /^\S.*\b(?:LOG|ERROR|FATAL|WARNING|DETAIL|STATEMENT): {2}\S/m;

/** An entry begins without a tab, and with a severity on its first line. */
const stderrBeginning = /^[^\t\n][^\n]*?\b(?:LOG|ERROR|FATAL|WARNING|PANIC|NOTICE|INFO): {2}/;

/** Logs of a server (log_destination). */
export const serverLogs: readonly CaptureFormat[] = [
  serverLog(
    'jsonlog',
    (text) => /^\{"timestamp":"[^"]*",.*"error_severity":"/m.test(text),
    (text) => text.startsWith('{"timestamp":'),
  ),
  serverLog(
    'csvlog',
    (text) => csvBeginning.test(text),
    (text) => csvBeginning.test(text.split('\n', 1)[0] ?? ''),
  ),
  serverLog(
    'stderr',
    (text) => stderrLine.test(text),
    (text) => stderrBeginning.test(text),
  ),
];
