import type { LogEntry } from './entry.ts';
import { timeOf } from './time.ts';

/** What a line that begins an entry or a part of one has after log_line_prefix. */
const severityAtEnd =
  /(?<!\w)(?:DEBUG[1-5]?|LOG|INFO|NOTICE|WARNING|ERROR|FATAL|PANIC|DETAIL|HINT|QUERY|CONTEXT|STATEMENT|LOCATION)$/;

/** Characters of the longest severity, and one more. */
const longestSeverity = 10;

/** Parts of an entry; they follow it at once, since one process writes all of them together. */
const parts: ReadonlySet<string> = new Set(['DETAIL', 'HINT', 'QUERY', 'CONTEXT', 'STATEMENT', 'LOCATION']);

const beforeExecution = /^duration: [\d.]+ ms {2}(?:parse|bind) /;

interface Building {
  readonly prefix: string;
  readonly severity: string;
  message: string;
  detail: string | null;
  /** What continuation lines belong to. */
  open: 'message' | 'detail' | 'other';
}

/**
 * Puts the lines of a log in text form together: an entry goes on in lines that begin with a tab, and its parts stand in
 * lines of their own (write_stderr and send_message_to_server_log in PostgreSQL's elog.c). The prefix may be any.
 */
export class StderrLog {
  #building: Building | null = null;

  /** The entry that the line ends by beginning another; `unreadable` for a line that belongs to none. */
  add(line: string): LogEntry | 'unreadable' | null {
    if (line.startsWith('\t') && this.#building !== null) {
      this.#continue(this.#building, line.slice(1));
      return null;
    }
    const begun = beginningOf(line);
    if (begun === null) return line.trim() === '' ? null : 'unreadable';
    const { prefix, severity, text } = begun;
    if (parts.has(severity)) {
      if (this.#building === null) return null;
      this.#building.open = severity === 'DETAIL' ? 'detail' : 'other';
      if (severity === 'DETAIL') this.#building.detail = text;
      return null;
    }
    const ended = this.rest();
    this.#building = { prefix, severity, message: text, detail: null, open: 'message' };
    return ended;
  }

  /** The entry that is still open. */
  rest(): LogEntry | null {
    const building = this.#building;
    this.#building = null;
    if (building === null || beforeExecution.test(building.message)) return null;
    const { prefix, severity, message, detail } = building;
    return { ...readPrefix(prefix), severity, message, detail };
  }

  #continue(building: Building, text: string): void {
    switch (building.open) {
      case 'message':
        building.message += `\n${text}`;
        break;
      case 'detail':
        building.detail += `\n${text}`;
        break;
      case 'other':
        break;
      default:
        building.open satisfies never;
    }
  }
}

function beginningOf(
  line: string,
): { readonly prefix: string; readonly severity: string; readonly text: string } | null {
  if (line.startsWith('\t')) return null;
  for (let colon = line.indexOf(':  '); colon !== -1; colon = line.indexOf(':  ', colon + 1)) {
    const [severity] = severityAtEnd.exec(line.slice(Math.max(0, colon - longestSeverity), colon)) ?? [];
    if (severity === undefined) continue;
    return { prefix: line.slice(0, colon - severity.length), severity, text: line.slice(colon + 3) };
  }
  return null;
}

const time = /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?(?: (?:[A-Z]{1,5}\b|[+-]\d\d(?::?\d\d)?))?/;
const epoch = /\b\d{10}\.\d{3}\b/;
/** `%c`: start of the session and process, in hexadecimal. */
const sessionId = /\b[0-9a-f]{8}\.[0-9a-f]+\b/;
/** `[744]`, `[744-3]`, `pid=744`, or a number by itself. */
const processId = /\[(\d+)(?:-\d+)?\]|\bpid[=:] ?(\d+)|(?:^|[\s:])(\d+)(?=[\s:]|$)/;
const userAtDatabase = /([\w-]+)@([\w-]+)/;

type Prefix = Pick<LogEntry, 'session' | 'transaction' | 'at' | 'user' | 'database' | 'application'>;

/** What prefixes tell, the time aside; few differ in more. */
const known = new Map<string, Omit<Prefix, 'at'>>();
const mostKnown = 10_000;

/** What a prefix tells, whatever its form (log_line_prefix in PostgreSQL's documentation). */
function readPrefix(prefix: string): Prefix {
  const [when = ''] = time.exec(prefix) ?? [];
  const rest = when === '' ? prefix : prefix.replace(when, ' ');
  const [seconds] = when === '' ? (epoch.exec(rest) ?? []) : [];
  let parts = known.get(rest);
  if (parts === undefined) {
    parts = readRest(rest);
    if (known.size >= mostKnown) known.clear();
    if (rest.length < 1_000) known.set(rest, parts);
  }
  return { ...parts, at: seconds === undefined ? timeOf(when) : Number(seconds) * 1000 };
}

function readRest(rest: string): Omit<Prefix, 'at'> {
  const [id] = sessionId.exec(rest) ?? [];
  const [, ...processes] = processId.exec(rest) ?? [];
  const process = processes.find((each) => each !== undefined);
  const [, user, database] = userAtDatabase.exec(rest) ?? [];
  return {
    session: id ?? process ?? '',
    transaction: null,
    user: user ?? keyed(rest, 'user'),
    database: database ?? keyed(rest, 'db'),
    application: keyed(rest, 'app'),
  };
}

/** `user=api,db=shop,app=web`, as people write it in the setting. */
function keyed(text: string, key: string): string | null {
  return new RegExp(`\\b${key}(?:name)?=([^,\\s]*)`).exec(text)?.[1] || null;
}
