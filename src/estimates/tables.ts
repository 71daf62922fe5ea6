import type { Index } from '../model/catalogue.ts';
import type { SizedTable } from '../statistics/tables.ts';

/** The tables at production size, before and after the change, by the names that observations give them. */
export class ProductionTables {
  readonly #base: ReadonlyMap<string, SizedTable>;
  readonly #head: ReadonlyMap<string, SizedTable>;

  constructor(base: ReadonlyMap<string, SizedTable>, head: ReadonlyMap<string, SizedTable>) {
    this.#base = base;
    this.#head = head;
  }

  /** Null for what is no table. */
  before(name: string): SizedTable | null {
    return this.#base.get(name) ?? null;
  }

  /** As it is after the change; as before where it goes by another name, or is gone. */
  after(name: string): SizedTable | null {
    return this.#head.get(name) ?? this.before(name);
  }

  /** @param name qualified, as observations have it; null where the change drops it again. */
  index(name: string, table: SizedTable): Index | null {
    const known = [...(this.after(table.name)?.indexes ?? []), ...table.indexes];
    return known.find((index) => name.endsWith(`.${index.name}`)) ?? null;
  }
}
