import type { CapturedQuery } from '../../model/query.ts';
import {
  type Connection,
  type Execution,
  type RequestExecution,
  readJournals,
  type SourcePlace,
} from './journals.ts';

/** A query that was sent, and the frames of the application that led to it, innermost first. */
export interface Call {
  readonly sql: string;
  readonly frames: readonly SourcePlace[];
}

/** What is known of a logged statement; null where nobody knows for sure. */
export interface Sender {
  readonly place: SourcePlace | null;
  readonly sentFor: RequestExecution | null;
}

/** Texts that sessions sent, as their server logged them, and how often. */
export class LoggedTexts {
  readonly #times = new Map<string, number>();

  add({ trace, sql }: Pick<CapturedQuery, 'trace' | 'sql'>): void {
    const key = keyOf(backendOf(trace), sql);
    this.#times.set(key, (this.#times.get(key) ?? 0) + 1);
  }

  times(): readonly (readonly [key: string, times: number])[] {
    return [...this.#times];
  }
}

/** Where the statements of a capture were sent from, and what for, each asked for in its turn. */
export interface CallPlaces {
  senderOf(trace: string | null, sql: string): Sender;
}

/** Where the statements of each session come from, by the process of the server that it was. */
export class CallSites {
  /** By session and text. */
  readonly #sent = new Map<string, Execution[]>();

  private constructor(connections: readonly Connection[]) {
    for (const { backend, sent } of connections.toSorted((a, b) => a.at - b.at)) {
      for (const [sql, executions] of sent) {
        const key = keyOf(backend, sql);
        this.#sent.set(key, (this.#sent.get(key) ?? []).concat(executions));
      }
    }
  }

  /** What the programs wrote down in a folder. */
  static async read(folder: string): Promise<CallSites> {
    return new CallSites(await readJournals(folder));
  }

  get isEmpty(): boolean {
    return this.#sent.size === 0;
  }

  /** Everything that was sent, once for each session, text and place. */
  *calls(): Generator<Call> {
    for (const [key, all] of this.#sent) {
      const sql = key.slice(key.indexOf(' ') + 1);
      for (const frames of new Set(all.map((each) => each.frames))) yield { sql, frames };
    }
  }

  /**
   * To be asked about each statement of a session once more, in the same order, when all were logged. The server's log
   * tells neither what failed nor what was sent by other means; so a place or request is taken only where a session sent a
   * text as often as it was logged, or always from one place or for one request.
   */
  replay(logged: LoggedTexts, placeOf: (frames: readonly SourcePlace[]) => SourcePlace | null): CallPlaces {
    const surely = new Map(logged.times().map(([key, count]) => [key, this.#surely(key, count)] as const));
    const seen = new Map<string, number>();
    return {
      senderOf: (trace, sql) => {
        const key = keyOf(backendOf(trace), sql);
        const index = seen.get(key) ?? 0;
        seen.set(key, index + 1);
        const { frames, sentFor } = surely.get(key)?.(index) ?? nobody;
        return { place: placeOf(frames), sentFor };
      },
    };
  }

  /** Of each execution, or what all of them have in common. */
  #surely(key: string, times: number): (index: number) => Execution {
    const sent = this.#sent.get(key) ?? [];
    const [first = nobody] = sent;
    const common = {
      frames: sent.every(({ frames }) => sameFrames(frames, first.frames)) ? first.frames : nobody.frames,
      sentFor: sent.every(({ sentFor }) => sentFor?.request === first.sentFor?.request)
        ? first.sentFor
        : nobody.sentFor,
    };
    return (index) => (sent.length === times ? sent[index] : undefined) ?? common;
  }
}

const nobody: Execution = { frames: [], sentFor: null };

/** Places are one object within a program; those of several are compared. */
function sameFrames(a: readonly SourcePlace[], b: readonly SourcePlace[]): boolean {
  if (a === b) return true;
  return (
    a.length === b.length &&
    a.every(({ file, line }, index) => b[index]?.file === file && b[index].line === line)
  );
}

/** The process, of how the log names a session (`%c`): when it began and its process, in hexadecimal. */
function backendOf(trace: string | null): number {
  const [, process = ''] = trace?.split('.') ?? [];
  return Number.parseInt(process, 16);
}

function keyOf(backend: number, sql: string): string {
  return `${backend} ${sql}`;
}
