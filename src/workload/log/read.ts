import type { CapturedQuery } from '../../model/query.ts';
import { recordsOf } from '../stream/records.ts';
import { readCsvRecord } from './csvlog.ts';
import type { LogEntry, ReadRecord } from './entry.ts';
import { readJsonLine } from './jsonlog.ts';
import { explainedStatementOf } from './plan.ts';
import { statementOf } from './statement.ts';
import { StderrLog } from './stderr.ts';

/** Forms that a server's log is written in (log_destination). */
export type LogForm = 'jsonlog' | 'csvlog' | 'stderr';

/** What a part of a log holds. */
export interface LogPart {
  readonly statements: readonly CapturedQuery[];
  /** Records that are none of a log: cut short, or lines of another program. */
  readonly unreadable: number;
}

/** What a plan stands for that has no execution beside it: one, or nothing, since all executions are logged by themselves. */
export type LonePlans = 'executions' | 'nothing';

/**
 * Reads the statements of a server's log, a part at a time.
 *
 * @param isWanted tells entries of interest
 */
export async function* readLog(
  chunks: AsyncIterable<Uint8Array>,
  form: LogForm,
  isWanted: (entry: LogEntry) => boolean = () => true,
  lonePlans: LonePlans = 'executions',
): AsyncGenerator<LogPart> {
  const statements = new Statements(isWanted, lonePlans);
  const reader = readerOf(form);
  const end = form === 'csvlog' ? 'line break outside quotes' : 'line break';
  for await (const records of recordsOf(chunks, end)) {
    let unreadable = 0;
    for (const record of records) {
      const read = record === null ? 'unreadable' : reader.add(record);
      if (read === 'unreadable') unreadable += 1;
      else if (read !== 'of no interest') statements.add(read);
    }
    yield { statements: statements.take(), unreadable };
  }
  const last = reader.rest();
  if (last !== null) statements.add(last);
  statements.end();
  yield { statements: statements.take(), unreadable: 0 };
}

interface RecordReader {
  add(record: string): ReadRecord;
  rest(): LogEntry | null;
}

function readerOf(form: LogForm): RecordReader {
  switch (form) {
    case 'jsonlog':
      return { add: (record) => (record === '' ? 'of no interest' : readJsonLine(record)), rest: () => null };
    case 'csvlog':
      return {
        add: (record) => (record === '' ? 'of no interest' : readCsvRecord(record)),
        rest: () => null,
      };
    case 'stderr': {
      const log = new StderrLog();
      return { add: (record) => log.add(record) ?? 'of no interest', rest: () => log.rest() };
    }
    default:
      return form satisfies never;
  }
}

/** Sessions whose last statement is held back. A log does not tell which have ended. */
const openSessions = 10_000;

/** Characters of statements that are held back, of all sessions. */
const openCharacters = 4 * 1024 ** 2;

/** What a session did last: a plan or an execution, whose counterpart may come next. */
interface SessionSoFar {
  open: { readonly kind: 'logged' | 'explained'; readonly query: CapturedQuery } | null;
}

/**
 * Statements in the order in which their sessions sent them. auto_explain logs the plan of a statement shortly before or
 * after its duration is logged; where both are, they are one execution.
 */
class Statements {
  readonly #isWanted: (entry: LogEntry) => boolean;
  readonly #lonePlans: LonePlans;
  #found: CapturedQuery[] = [];
  readonly #sessions = new Map<string, SessionSoFar>();
  #held = 0;

  constructor(isWanted: (entry: LogEntry) => boolean, lonePlans: LonePlans) {
    this.#isWanted = isWanted;
    this.#lonePlans = lonePlans;
  }

  add(entry: LogEntry): void {
    if (entry.severity !== 'LOG' || !this.#isWanted(entry)) return;
    const session = this.#sessionOf(entry);
    const statement = statementOf(entry);
    const explained = statement === null ? explainedStatementOf(entry) : null;
    if (statement !== null) this.#addStatement(session, statement);
    else if (explained !== null) this.#addExplained(session, explained);
  }

  end(): void {
    for (const session of this.#sessions.values()) this.#settle(session);
    this.#sessions.clear();
  }

  take(): readonly CapturedQuery[] {
    const found = this.#found;
    this.#found = [];
    return found;
  }

  #addStatement(session: SessionSoFar, statement: CapturedQuery): void {
    const { open } = session;
    if (open?.kind === 'explained' && open.query.sql === statement.sql) {
      this.#release(session);
      this.#found.push({ ...statement, rows: open.query.rows });
      return;
    }
    this.#hold(session, { kind: 'logged', query: statement });
  }

  #addExplained(session: SessionSoFar, explained: CapturedQuery): void {
    const { open } = session;
    if (open?.kind === 'logged' && open.query.sql === explained.sql) {
      this.#release(session);
      this.#found.push({ ...open.query, rows: explained.rows });
      return;
    }
    this.#hold(session, { kind: 'explained', query: explained });
  }

  #hold(session: SessionSoFar, open: NonNullable<SessionSoFar['open']>): void {
    this.#settle(session);
    session.open = open;
    this.#held += open.query.sql.length;
    if (this.#held > openCharacters) for (const each of this.#sessions.values()) this.#settle(each);
  }

  #settle(session: SessionSoFar): void {
    const { open } = session;
    const isOne = open !== null && (open.kind === 'logged' || this.#lonePlans === 'executions');
    if (isOne) this.#found.push(open.query);
    this.#release(session);
  }

  #release(session: SessionSoFar): void {
    this.#held -= session.open?.query.sql.length ?? 0;
    session.open = null;
  }

  #sessionOf({ session: name }: LogEntry): SessionSoFar {
    const known = this.#sessions.get(name);
    if (known !== undefined) return known;
    const [oldest] = this.#sessions;
    if (this.#sessions.size >= openSessions && oldest !== undefined) {
      this.#settle(oldest[1]);
      this.#sessions.delete(oldest[0]);
    }
    const session: SessionSoFar = { open: null };
    this.#sessions.set(name, session);
    return session;
  }
}
