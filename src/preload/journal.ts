import { openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { threadId } from 'node:worker_threads';
import type { Request } from './requests.ts';
import type { SourcePlace } from './source-maps.ts';

/** What is written of each connection, text and place once, and by its number afterwards. */
class Numbers {
  readonly #known = new Map<string, number>();

  /** Its number, and whether it is new. */
  of(key: string): readonly [number, boolean] {
    const known = this.#known.get(key);
    if (known !== undefined) return [known, false];
    const number = this.#known.size;
    this.#known.set(key, number);
    return [number, true];
  }
}

/**
 * Where the statements of one thread come from, as lines of JSON in a file of its own: texts, places, connections and
 * requests, each with a number, and then `[connection, text, place]` for each execution, in the order of its connection,
 * with the request as the fourth where it is sent for one.
 */
export class Journal {
  readonly #folder: string;
  #file: number | null = null;
  readonly #texts = new Numbers();
  readonly #places = new Numbers();
  readonly #routes = new WeakMap<Request, string>();
  #connections = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The number of another connection. */
  connection(): number {
    this.#connections += 1;
    return this.#connections;
  }

  /** @param backend process of the server that serves the connection */
  connected(connection: number, backend: number): void {
    this.#write({ connection, backend, at: Date.now() });
  }

  /** @param frames innermost first */
  sent(connection: number, sql: string, frames: readonly SourcePlace[], request: Request | null): void {
    const [text, isNewText] = this.#texts.of(sql);
    if (isNewText) this.#write({ text, sql });
    const [place, isNewPlace] = this.#places.of(JSON.stringify(frames));
    if (isNewPlace) this.#write({ place, frames });
    if (request !== null) this.#tellRoute(request);
    this.#write([connection, text, place, ...(request === null ? [] : [request.number])]);
  }

  /** Once more when it is known better: some queries are sent before a route is matched. */
  #tellRoute(request: Request): void {
    const { number, route } = request;
    if (this.#routes.get(request) === route) return;
    this.#routes.set(request, route);
    this.#write({ request: number, route });
  }

  // Written at once: a program may end in any way, and the file is in memory first.
  #write(line: unknown): void {
    this.#file ??= openSync(join(this.#folder, `${process.pid}-${threadId}-${Date.now()}.ndjson`), 'a');
    writeSync(this.#file, `${JSON.stringify(line)}\n`);
  }
}
