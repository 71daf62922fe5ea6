import type { Room } from './room.ts';

/** Values of one execution, and what belongs to them. */
interface Kept<T> {
  readonly item: T;
  /** Of each value, what is compared. */
  readonly keys: readonly string[];
  /** Characters that it is worth. */
  readonly size: number;
}

/** An execution that is kept, and how many values are its own; null where nothing may give way. */
interface Rated<T> {
  readonly kept: Kept<T> | null;
  readonly own: number;
}

/** Longer values are compared and kept like others, but only as the first: memory must not grow with them. */
const longestKey = 10_000;

/** Values of an execution that are compared. */
const comparedValues = 1_000;

/** Executions whose values are longer than this are not kept at all, in characters. */
const longest = 1_000_000;

/**
 * Of executions without number, a few that differ: the first, and those with the most values that no other one kept
 * has at the same place. So a rare country is kept although every id is new.
 */
export class Differing<T> {
  readonly #most: number;
  readonly #room: Room;
  #kept: readonly Kept<T>[] = [];
  /** What gives way to one that differs more. */
  #least: Rated<T> = { kept: null, own: Number.POSITIVE_INFINITY };

  /** @param room for the values */
  constructor(most: number, room: Room) {
    this.#most = most;
    this.#room = room;
  }

  get items(): readonly T[] {
    return this.#kept.map(({ item }) => item);
  }

  add(values: readonly unknown[], item: T): void {
    const keys =
      values.length > comparedValues ? values.slice(0, comparedValues).map(keyOf) : values.map(keyOf);
    const isFirst = this.#kept.length === 0;
    const own = ownValues(keys, this.#kept, null);
    if (!isFirst && (own === 0 || keys.some((key) => key.length > longestKey))) return;
    const isFull = this.#kept.length >= this.#most;
    if (isFull && own <= this.#least.own) return;
    const size = keys.reduce((sum, key) => sum + key.length + 32, typeof item === 'string' ? item.length : 0);
    if (size > longest || !this.#room.take(size)) return;
    if (isFull && this.#least.kept !== null) this.#room.giveBack(this.#least.kept.size);
    this.#kept = [
      ...(isFull ? this.#kept.filter((each) => each !== this.#least.kept) : this.#kept),
      { item, keys, size },
    ];
    this.#least = this.#leastOfItsOwn();
  }

  /** The one that would be missed least, other than the first. */
  #leastOfItsOwn(): Rated<T> {
    let least: Rated<T> = { kept: null, own: Number.POSITIVE_INFINITY };
    for (const kept of this.#kept.slice(1)) {
      const own = ownValues(kept.keys, this.#kept, kept);
      if (own < least.own) least = { kept, own };
    }
    return least;
  }
}

function keyOf(value: unknown): string {
  return typeof value === 'string' ? value : `${typeof value} ${JSON.stringify(value)}`;
}

/** How many values no other has at the same place. */
function ownValues<T>(keys: readonly string[], all: readonly Kept<T>[], self: Kept<T> | null): number {
  let own = 0;
  for (let place = 0; place < keys.length; place += 1) {
    const key = keys[place];
    let isOwn = true;
    for (const other of all) if (other !== self && other.keys[place] === key) isOwn = false;
    if (isOwn) own += 1;
  }
  return own;
}
