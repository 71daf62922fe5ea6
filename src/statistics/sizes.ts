import type { Declared, DeclaredTable } from '../config/config.ts';
import { type Catalogue, qualifiedName, type Table } from '../model/catalogue.ts';
import type { ProductionStatistics } from '../model/production.ts';
import type { ImportedTable, SizeSource, Sizes, TableStatistics } from '../model/statistics.ts';
import { KnownColumns, type KnownTable } from './columns.ts';
import { matchTables, noCatalogue } from './import/match.ts';
import { heapPages, rowsIn } from './pages.ts';
import { aligned, typicalWidth } from './width.ts';

/**
 * Decides how large each table is at production, and what its columns hold: what is declared of it, else what the
 * statistics file has, else what follows from keys and types, the assumed number of rows and PostgreSQL's own defaults.
 *
 * @param earlier the schema state that declarations and statistics are of, if this one was made from it
 */
export function productionSizes(
  catalogue: Catalogue,
  declared: Declared,
  assumedRows: number,
  earlier: Catalogue = noCatalogue,
  production: ProductionStatistics | null = null,
): Sizes {
  const imported = production === null ? new Map() : matchTables(production, catalogue, earlier);
  return new Estimate(catalogue, { declared, assumedRows, earlier, imported }).all();
}

interface Sources {
  readonly declared: Declared;
  readonly assumedRows: number;
  readonly earlier: Catalogue;
  readonly imported: ReadonlyMap<number, ImportedTable>;
}

interface KnownRows {
  readonly rows: number;
  readonly source: SizeSource;
}

class Estimate {
  readonly #tables: readonly Table[];
  readonly #byOid: ReadonlyMap<number, Table>;
  readonly #partitions: ReadonlyMap<number | null, readonly Table[]>;
  readonly #earlierNames: ReadonlyMap<number, string>;
  readonly #sources: Sources;

  constructor({ tables }: Catalogue, sources: Sources) {
    this.#tables = tables;
    this.#byOid = new Map(tables.map((table) => [table.oid, table]));
    this.#partitions = Map.groupBy(tables, ({ partitionOf }) => partitionOf);
    this.#earlierNames = new Map(sources.earlier.tables.map((table) => [table.oid, qualifiedName(table)]));
    this.#sources = sources;
  }

  all(): Sizes {
    const known = this.#tables.map((table): KnownTable & KnownRows => ({
      table,
      ...this.#rows(table),
      declared: this.#declaration(table)?.columns ?? {},
      imported: this.#sources.imported.get(table.oid) ?? null,
    }));
    const columns = new KnownColumns(known);
    return new Map(known.map((each) => [each.table.oid, this.#statistics(each, columns)]));
  }

  #statistics(known: KnownTable & KnownRows, allColumns: KnownColumns): TableStatistics {
    const { table, rows, source } = known;
    const columns = allColumns.all(known);
    const stated = this.#declaration(table)?.width ?? null;
    const width =
      stated ?? columns.reduce((sum, column) => sum + column.width * (1 - column.nullFraction), 0);
    const imported = this.#sources.imported.get(table.oid) ?? null;
    // What is declared may be of another size than what was measured, at the same density.
    const measured = imported === null || stated !== null ? 0 : imported.relation.rows;
    const pages =
      imported !== null && source === 'imported'
        ? imported.relation.pages
        : measured > 0
          ? Math.ceil((rows / measured) * (imported?.relation.pages ?? 0))
          : heapPages(rows, width);
    const size = {
      rows,
      pages: table.kind === 'partitioned table' ? 0 : pages,
      width: aligned(width),
      source,
    };
    const declared = table.columns.filter(({ name }) => known.declared[name] !== undefined);
    return {
      size,
      columns,
      imported: imported && { ...imported, declared: new Set(declared.map(({ number }) => number)) },
    };
  }

  #declaration(table: Table): DeclaredTable | undefined {
    const names = [qualifiedName(table), this.#earlierNames.get(table.oid) ?? ''];
    return names
      .flatMap((name) => [name, name.slice(name.indexOf('.') + 1)])
      .map((name) => this.#sources.declared[name])
      .find((each) => each !== undefined);
  }

  /** A partition without a size of its own has its share of its parent's. */
  #rows(table: Table): KnownRows {
    const declaration = this.#declaration(table);
    if (declaration !== undefined) return { rows: declaration.rows, source: 'declared' };
    const parent = table.partitionOf === null ? undefined : this.#byOid.get(table.partitionOf);
    const above = parent === undefined ? null : this.#rows(parent);
    const measured = this.#measured(table);
    if (measured !== null && above?.source !== 'declared') return { rows: measured, source: 'imported' };
    if (parent === undefined || above === null) {
      return { rows: this.#sources.assumedRows, source: 'assumed' };
    }
    return { rows: Math.ceil(above.rows * this.#shareOf(table, parent)), source: above.source };
  }

  /** Of its partitioned table's rows: as they were measured, else the same for all partitions. */
  #shareOf(table: Table, parent: Table): number {
    const partitions = this.#partitions.get(parent.oid) ?? [];
    const measured = partitions.map((each) => this.#measured(each));
    const sum = measured.reduce<number>((total, rows) => total + (rows ?? 0), 0);
    const own = this.#measured(table);
    return sum === 0 || measured.includes(null) || own === null ? 1 / partitions.length : own / sum;
  }

  /** Rows that the statistics file has; of a table that was never analysed, what its pages hold. */
  #measured(table: Table): number | null {
    const relation = this.#sources.imported.get(table.oid)?.relation;
    if (relation === undefined) return null;
    if (table.kind === 'partitioned table') {
      const partitions = this.#partitions.get(table.oid) ?? [];
      const rows = partitions.map((each) => this.#measured(each) ?? 0);
      return Math.max(
        relation.rows,
        rows.reduce((sum, each) => sum + each, 0),
      );
    }
    if (relation.rows >= 0) return relation.rows;
    const width = table.columns.reduce((sum, column) => sum + typicalWidth(column), 0);
    return rowsIn(relation.pages, width);
  }
}
