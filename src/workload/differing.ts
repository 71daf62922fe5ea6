/** Values of one execution, and what belongs to them. */
interface Kept<T> {
  readonly item: T;
  /** Of each value, what is compared. */
  readonly keys: readonly string[];
}

/** Longer values are compared and kept like others, but only as the first: memory must not grow with them. */
const longestKey = 10_000;

/**
 * Of executions without number, a few that differ: the first, and those with the most values that no other one kept
 * has at the same place. So a rare country is kept although every id is new.
 */
export class Differing<T> {
  readonly #most: number;
  #kept: readonly Kept<T>[] = [];

  constructor(most: number) {
    this.#most = most;
  }

  get items(): readonly T[] {
    return this.#kept.map(({ item }) => item);
  }

  add(values: readonly unknown[], item: T): void {
    const keys = values.map((value) => JSON.stringify(value) ?? '');
    const added = { item, keys };
    if (this.#kept.length === 0) {
      this.#kept = [added];
      return;
    }
    const own = ownValues(keys, this.#kept);
    if (own === 0 || keys.some((key) => key.length > longestKey)) return;
    if (this.#kept.length < this.#most) {
      this.#kept = [...this.#kept, added];
      return;
    }
    const least = this.#leastOfItsOwn();
    if (least === null || own <= least.own) return;
    this.#kept = [...this.#kept.filter((each) => each !== least.kept), added];
  }

  /** The one that would be missed least, other than the first. */
  #leastOfItsOwn(): { readonly kept: Kept<T>; readonly own: number } | null {
    const rated = this.#kept.slice(1).map((kept) => ({
      kept,
      own: ownValues(
        kept.keys,
        this.#kept.filter((each) => each !== kept),
      ),
    }));
    return rated.toSorted((a, b) => a.own - b.own)[0] ?? null;
  }
}

/** How many values no other has at the same place. */
function ownValues<T>(keys: readonly string[], others: readonly Kept<T>[]): number {
  return keys.filter((key, place) => others.every((other) => other.keys[place] !== key)).length;
}
