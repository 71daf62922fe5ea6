/** `CREATE SCHEMA name` and `CREATE DATABASE name`. */
const making = /^\s*create\s+(schema|database)\s+(?:if\s+not\s+exists\s+)?("(?:[^"]|"")+"|[\w$]+)/i;

/** Databases and schemas that a program makes for itself, as test suites do for each worker or test. */
export class OwnPlaces {
  readonly #databases: Set<string>;
  readonly #schemas = new Set<string>();
  readonly #known: ReadonlySet<string>;
  #pattern: RegExp | null = null;

  /**
   * @param databases that are taken as made by it, too
   * @param known schemas that the project has: what makes one of those makes the project's schema
   */
  constructor(databases: readonly string[], known: ReadonlySet<string>) {
    this.#databases = new Set(databases);
    this.#known = known;
  }

  /** Notes what a statement makes. */
  note(sql: string): void {
    const [, kind, written] = making.exec(sql) ?? [];
    if (kind === undefined || written === undefined) return;
    const name = written.startsWith('"') ? written.slice(1, -1).replaceAll('""', '"') : written.toLowerCase();
    if (kind.toLowerCase() === 'database') {
      this.#databases.add(name);
    } else if (!this.#known.has(name)) {
      this.#schemas.add(name);
      const names = [...this.#schemas].map((each) => each.replaceAll(/[^\w]/g, '\\$&')).join('|');
      this.#pattern = new RegExp(`(?<![\\w$."'])(?:"(?:${names})"|(?:${names}))\\s*\\.\\s*(?=["\\w])`, 'g');
    }
  }

  hasDatabase(name: string | null): boolean {
    return name !== null && this.#databases.has(name);
  }

  /** Whether a statement makes such a schema, or has names found in it. */
  turnsTo(sql: string): boolean {
    if (this.#schemas.size === 0) return false;
    const [, kind] = making.exec(sql) ?? [];
    if (kind?.toLowerCase() !== 'schema' && !/search_path/i.test(sql)) return false;
    return [...this.#schemas].some((name) => sql.includes(name));
  }

  /** A statement as it is sent where the tables are in the project's own schema. */
  without(sql: string): string {
    return this.#pattern === null ? sql : sql.replace(this.#pattern, '');
  }
}
