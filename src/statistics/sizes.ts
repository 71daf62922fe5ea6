import type { Declared, DeclaredTable } from '../config/config.ts';
import { type Catalogue, type Column, qualifiedName, type Table } from '../model/catalogue.ts';
import type { ColumnStatistics, SizeSource, Sizes, TableStatistics } from '../model/statistics.ts';
import { heapPages } from './pages.ts';
import { aligned, typicalWidth } from './width.ts';

/** Default values that grow with time, so that rows lie in the order of the column. */
const growing =
  /^(nextval\(|now\(\)|CURRENT_TIMESTAMP|clock_timestamp\(\)|uuidv7\(\)|transaction_timestamp\(\))/i;

/**
 * Decides how large each table is at production, and what its columns hold: what is declared, else what follows
 * from keys and types, else the assumed number of rows and PostgreSQL's own defaults.
 *
 * @param earlierNames names by oid in the schema state that the declarations were written for
 */
export function productionSizes(
  catalogue: Catalogue,
  declared: Declared,
  assumedRows: number,
  earlierNames: ReadonlyMap<number, string> = new Map(),
): Sizes {
  return new Estimate(catalogue, declared, assumedRows, earlierNames).all();
}

class Estimate {
  readonly #tables: readonly Table[];
  readonly #byName: ReadonlyMap<string, Table>;
  readonly #byOid: ReadonlyMap<number, Table>;
  readonly #declared: Declared;
  readonly #assumedRows: number;
  readonly #earlierNames: ReadonlyMap<number, string>;

  constructor(
    catalogue: Catalogue,
    declared: Declared,
    assumedRows: number,
    earlierNames: ReadonlyMap<number, string>,
  ) {
    this.#tables = catalogue.tables;
    this.#byName = new Map(catalogue.tables.map((table) => [qualifiedName(table), table]));
    this.#byOid = new Map(catalogue.tables.map((table) => [table.oid, table]));
    this.#declared = declared;
    this.#assumedRows = assumedRows;
    this.#earlierNames = earlierNames;
  }

  all(): Sizes {
    return new Map(this.#tables.map((table) => [table.oid, this.#statistics(table)]));
  }

  #statistics(table: Table): TableStatistics {
    const { rows, source } = this.#rows(table);
    const columns = table.columns.map((column) => this.#column(table, column, rows));
    const width =
      this.#declaration(table)?.width ??
      columns.reduce((sum, column) => sum + column.width * (1 - column.nullFraction), 0);
    const pages = table.kind === 'partitioned table' ? 0 : heapPages(rows, width);
    return { size: { rows, pages, width: aligned(width), source }, columns };
  }

  #declaration(table: Table): DeclaredTable | undefined {
    const names = [qualifiedName(table), this.#earlierNames.get(table.oid) ?? ''];
    return names
      .flatMap((name) => [name, name.slice(name.indexOf('.') + 1)])
      .map((name) => this.#declared[name])
      .find((each) => each !== undefined);
  }

  /** A partition without a size of its own has its share of its parent's. */
  #rows(table: Table): { readonly rows: number; readonly source: SizeSource } {
    const declaration = this.#declaration(table);
    if (declaration !== undefined) return { rows: declaration.rows, source: 'declared' };
    const parent = table.partitionOf === null ? undefined : this.#byOid.get(table.partitionOf);
    if (parent === undefined) return { rows: this.#assumedRows, source: 'assumed' };
    const partitions = this.#tables.filter((each) => each.partitionOf === parent.oid).length;
    const { rows, source } = this.#rows(parent);
    return { rows: Math.ceil(rows / partitions), source };
  }

  #column(table: Table, column: Column, rows: number): ColumnStatistics {
    const stated = this.#declaration(table)?.columns[column.name];
    return {
      column: column.name,
      nullFraction: stated?.nulls ?? 0,
      width: stated?.width ?? typicalWidth(column),
      distinct: this.#distinct(table, column, rows, []),
      mostCommon: Object.entries(stated?.common ?? {})
        .map(([value, share]) => ({ value, share }))
        .toSorted((a, b) => b.share - a.share),
      correlation: stated?.correlation ?? (column.identity || growing.test(column.default ?? '') ? 1 : null),
    };
  }

  /** As in pg_statistic: a count, or minus the share of the rows, or 0 where nothing is known. */
  #distinct(table: Table, column: Column, rows: number, seen: readonly string[]): number {
    const stated = this.#declaration(table)?.columns[column.name]?.distinct;
    if (stated !== undefined && stated !== null) return stated >= rows ? -1 : stated;
    const identifies = table.indexes.some(
      (index) =>
        index.unique &&
        index.predicate === null &&
        index.keys.length === 1 &&
        index.keys[0]?.column === column.name,
    );
    if (identifies || column.identity) return -1;
    if (column.typeName === 'bool') return 2;
    if (column.typeKind === 'enum') return column.enumLabels;
    return this.#distinctOfForeignKey(table, column, rows, seen);
  }

  /** A referencing column holds at most the values of the column that it references. */
  #distinctOfForeignKey(table: Table, column: Column, rows: number, seen: readonly string[]): number {
    const here = `${qualifiedName(table)}.${column.name}`;
    if (seen.includes(here)) return 0;
    for (const key of table.foreignKeys) {
      const parent = this.#byName.get(key.references);
      const referenced = key.referencedColumns[key.columns.indexOf(column.name)];
      const target = parent?.columns.find(({ name }) => name === referenced);
      if (parent === undefined || target === undefined) continue;
      const parentRows = this.#rows(parent).rows;
      const inParent = this.#distinct(parent, target, parentRows, [...seen, here]);
      const count = inParent < 0 ? -inParent * parentRows : inParent;
      if (count > 0) return count >= rows ? -1 : count;
    }
    return 0;
  }
}
