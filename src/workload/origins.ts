import { createHash } from 'node:crypto';
import type { Origin } from '../model/query.ts';
import type { Room } from './room.ts';

/** Origins of a query that are kept. */
const keptOrigins = 50;

/** Origins beyond those that are told apart, so that each is counted once. */
const countedOrigins = 1_000;

/** Characters of an origin that is kept: a route and a path, and nothing forged. */
const longestOrigin = 2_000;

/** Characters that a hash is worth. */
const hashRoom = 32;

/** Where a query comes from: the first places, and how many more there were. */
export class Origins {
  readonly #room: Room;
  readonly #kept = new Map<string, Origin>();
  readonly #others = new Set<number>();
  #last: Origin | null = null;

  constructor(room: Room) {
    this.#room = room;
  }

  get kept(): readonly Origin[] {
    return [...this.#kept.values()];
  }

  /** How many more; at least so many where there are many. */
  get leftOut(): number {
    return this.#others.size;
  }

  add(origin: Origin): void {
    // Executions from one place often follow each other.
    if (this.#last !== null && isSame(this.#last, origin)) return;
    const key = JSON.stringify([origin.service, origin.route, origin.file, origin.line, origin.test]);
    this.#last = key.length <= longestOrigin ? origin : null;
    if (this.#kept.has(key)) return;
    const isKept = this.#kept.size < keptOrigins && key.length <= longestOrigin;
    if (isKept && this.#room.take(key.length)) this.#kept.set(key, origin);
    else if (this.#others.size < countedOrigins) this.#count(key);
  }

  #count(key: string): void {
    const hash = createHash('sha1').update(key).digest().readUIntBE(0, 6);
    if (!this.#others.has(hash) && this.#room.take(hashRoom)) this.#others.add(hash);
  }
}

function isSame(one: Origin, other: Origin): boolean {
  return (
    one.line === other.line &&
    one.file === other.file &&
    one.route === other.route &&
    one.service === other.service &&
    one.test === other.test
  );
}
