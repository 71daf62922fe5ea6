import { parseCsv } from './csv.ts';
import { type Parameters, parseParameters } from './parameters.ts';

/** What a client sent in one message, and how it ended. */
export interface SentText {
  /** Names one session of the server, for good. */
  readonly session: string;
  /** The virtual transaction that it began in. */
  readonly transaction: string;
  /** `simple`: any number of statements. `extended`: one, prepared and executed. */
  readonly protocol: 'simple' | 'extended';
  readonly text: string;
  /** Values of `$1`, `$2` ..., as text; empty with the simple protocol. */
  readonly parameters: Parameters;
  readonly failed: boolean;
}

/** Columns of the log that are read (PostgreSQL documentation, "Using CSV-Format Log Output"). */
const column = {
  user: 1,
  database: 2,
  session: 5,
  transaction: 9,
  severity: 11,
  message: 13,
  detail: 14,
  query: 19,
} as const;

const errors: ReadonlySet<string> = new Set(['ERROR', 'FATAL', 'PANIC']);

/** Whose statements are read. */
export interface Sender {
  readonly user: string;
  readonly database: string;
}

/**
 * Reads what a user sent to a database from a log in CSV form that was written with `log_statement = all`, in the
 * order in which the server took it up. An error names the text that it ended.
 */
export function readSentTexts(log: string, { user, database }: Sender): readonly SentText[] {
  const sent: SentText[] = [];
  const lastOf = new Map<string, number>();
  const add = (text: SentText) => lastOf.set(text.session, sent.push(text) - 1);
  for (const record of parseCsv(log)) {
    if (record[column.database] !== database || record[column.user] !== user) continue;
    const severity = record[column.severity] ?? '';
    if (severity === 'LOG') {
      const text = sentTextOf(record);
      if (text !== null) add(text);
    } else if (errors.has(severity)) {
      const index = lastOf.get(record[column.session] ?? '') ?? -1;
      const last = sent[index];
      if (last !== undefined && isAbout(record, last)) sent[index] = { ...last, failed: true };
      else add(refusedText(record));
    }
  }
  return sent;
}

/** `execute fetch from` says that more rows of a statement were asked for, which was logged before. */
const logged = /^(?:(?<simple>statement)|execute (?!fetch from )(?<name>.*?)): (?<text>.*)$/s;

function sentTextOf(record: readonly string[]): SentText | null {
  const { simple, text } = logged.exec(record[column.message] ?? '')?.groups ?? {};
  if (text === undefined) return null;
  const isSimple = simple !== undefined;
  return {
    session: record[column.session] ?? '',
    transaction: record[column.transaction] ?? '',
    protocol: isSimple ? 'simple' : 'extended',
    text,
    parameters: isSimple ? [] : parseParameters(record[column.detail] ?? ''),
    failed: false,
  };
}

/** A statement that cannot be prepared, or whose parameters are refused, is logged with its error alone. */
function refusedText(record: readonly string[]): SentText {
  return {
    session: record[column.session] ?? '',
    transaction: record[column.transaction] ?? '',
    protocol: 'extended',
    text: record[column.query] ?? '',
    parameters: [],
    failed: true,
  };
}

/**
 * Whether an error ended a text, which is not so where the same text is refused later. A text of several statements may have ended the transaction that it began in.
 */
function isAbout(record: readonly string[], { protocol, transaction, text }: SentText): boolean {
  return (
    record[column.query] === text && (protocol === 'simple' || record[column.transaction] === transaction)
  );
}
