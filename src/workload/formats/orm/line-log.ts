import type { CapturedQuery } from '../../../model/query.ts';
import { readComment } from '../../sqlcommenter.ts';
import { recordsOf } from '../../stream/records.ts';
import type { CaptureFile, CaptureFormat, CapturePart } from '../format.ts';

/** What a logger says of one execution. */
export interface LoggedQuery {
  readonly sql: string;
  readonly params?: readonly unknown[] | null;
  readonly durationMs?: number | null;
  readonly rows?: number | null;
  readonly file?: string | null;
  readonly line?: number | null;
  readonly route?: string | null;
  /** Milliseconds since the epoch. */
  readonly startedAt?: number | null;
  /** Groups what one request or connection sent. */
  readonly trace?: string | null;
}

/** Reads the lines of one log; an execution may take several, and other lines stand between. */
export interface LineReader {
  /** The execution that is complete with this line, if one is. */
  add(line: string): LoggedQuery | null;
  /** The execution that is still open at the end. */
  rest(): LoggedQuery | null;
}

/** For loggers that write an execution on one line. */
export function eachLine(read: (line: string) => LoggedQuery | null): () => LineReader {
  return () => ({ add: read, rest: () => null });
}

/** Colours of terminals (SGR sequences of ECMA-48). */
const colours = /\u001b\[[\d;]*m/g;

/** The log of a library, among whatever else the application writes. */
export function lineLog(name: string, sign: RegExp, reader: () => LineReader): CaptureFormat {
  return {
    name,
    recognises: (beginning) => sign.test(beginning.replaceAll(colours, '')),
    read: (file) => readLines(file, reader()),
  };
}

async function* readLines({ open }: CaptureFile, reader: LineReader): AsyncGenerator<CapturePart> {
  for await (const records of recordsOf(open(), 'line break')) {
    const logged = records.flatMap((record) =>
      record === null ? [] : (reader.add(record.replaceAll(colours, '')) ?? []),
    );
    const unreadable = records.filter((record) => record === null).length;
    yield { statements: logged.map(toCaptured), unreadable };
  }
  const last = reader.rest();
  yield { statements: last === null ? [] : [toCaptured(last)], unreadable: 0 };
}

function toCaptured(logged: LoggedQuery): CapturedQuery {
  const { text, origin } = readComment(logged.sql.replace(/;\s*$/, ''));
  return {
    sql: text,
    name: null,
    params: logged.params ?? null,
    calls: 1,
    origin: {
      ...origin,
      route: logged.route ?? origin.route,
      file: logged.file ?? origin.file,
      line: logged.line ?? origin.line,
    },
    trace: logged.trace ?? null,
    startedAt: logged.startedAt ?? null,
    durationMs: logged.durationMs ?? null,
    rows: logged.rows ?? null,
  };
}
