import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { readComment } from '../sqlcommenter.ts';

/** A line of a source file, from 1. */
export interface SourcePlace {
  readonly file: string;
  readonly line: number;
}

/** What programs wrote down of the queries that they sent, as src/preload/journal.ts writes it. */
const entry = z.union([
  z.object({ connection: z.number(), backend: z.number(), at: z.number() }),
  z.object({ text: z.number(), sql: z.string() }),
  z.object({
    place: z.number(),
    frames: z.array(z.object({ file: z.string(), line: z.int().positive() })),
  }),
  z.object({ request: z.number(), route: z.string() }),
  z.tuple([z.number(), z.number(), z.number()]),
  z.tuple([z.number(), z.number(), z.number(), z.number()]),
]);

/** A request that a program served. */
export interface ServedRequest {
  /** Its program and its number there, which no other request of any capture has. */
  readonly trace: string;
  /** `GET /customers/:id/orders` */
  readonly route: string;
  /** How many were sent for it. */
  readonly executions: number;
}

/** An execution for a request, and the how manieth of its program it is. */
export interface RequestExecution {
  readonly request: ServedRequest;
  readonly order: number;
}

/** A statement that a program sent. */
export interface Execution {
  readonly frames: readonly SourcePlace[];
  readonly sentFor: RequestExecution | null;
}

/** One connection of one program. */
export interface Connection {
  /** Process of the server that served it. */
  readonly backend: number;
  /** When it began, in milliseconds since the epoch. */
  readonly at: number;
  /** Executions by text, in the order in which they were sent. */
  readonly sent: Map<string, Execution[]>;
}

/** The connections that the files in a folder tell of. A line that was cut off, since its program was killed, is left out. */
export async function readJournals(folder: string): Promise<readonly Connection[]> {
  const connections: Connection[] = [];
  for (const name of await readdir(folder)) {
    const program = name.replace(/\.ndjson$/, '');
    connections.push(...connectionsIn(program, await contentOf(join(folder, name))));
  }
  return connections;
}

/** Ten million executions. What the programs of a pull request leave may be anything, and of any size. */
const largestFile = 128 * 1024 ** 2;

async function contentOf(path: string): Promise<string> {
  const about = await lstat(path);
  return about.isFile() && about.size <= largestFile ? readFile(path, 'utf8') : '';
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

function connectionsIn(program: string, text: string): readonly Connection[] {
  const requests = new Map<number, Mutable<ServedRequest>>();
  const texts = new Map<number, string>();
  const places = new Map<number, readonly SourcePlace[]>();
  const connections = new Map<number, Connection>();
  const early = new Map<number, Connection['sent']>();
  let order = 0;
  for (const line of text.split('\n')) {
    const read = entryOf(line);
    if (read === null) continue;
    if ('sql' in read) texts.set(read.text, textOf(read.sql));
    else if ('frames' in read) places.set(read.place, read.frames);
    else if ('route' in read) {
      // What is told later is known better.
      const known = requests.get(read.request);
      if (known !== undefined) known.route = read.route;
      else
        requests.set(read.request, {
          trace: `${program} request ${read.request}`,
          route: read.route,
          executions: 0,
        });
    } else if ('backend' in read) {
      // What is sent before a connection is made waits for it.
      const sent = early.get(read.connection) ?? new Map();
      connections.set(read.connection, { backend: read.backend, at: read.at, sent });
    } else {
      const [connection, sql, place, request] = read;
      const sent = connections.get(connection)?.sent ?? early.get(connection) ?? new Map();
      if (!connections.has(connection)) early.set(connection, sent);
      const key = texts.get(sql) ?? '';
      const known = sent.get(key);
      const served = request === undefined ? undefined : requests.get(request);
      if (served !== undefined) served.executions += 1;
      order += 1;
      const sentFor = served === undefined ? null : { request: served, order };
      const execution = { frames: places.get(place) ?? [], sentFor };
      if (known === undefined) sent.set(key, [execution]);
      else known.push(execution);
    }
  }
  return [...connections.values()];
}

function entryOf(line: string): z.infer<typeof entry> | null {
  try {
    return entry.parse(JSON.parse(line));
  } catch {
    // The last line of a program that was killed, or nothing.
    return null;
  }
}

/** As the reader of the log makes it. */
function textOf(sql: string): string {
  return readComment(sql.replace(/;\s*$/, '')).text;
}
