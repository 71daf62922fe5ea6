import type { DeclaredTable } from '../config/config.ts';
import { type Column, qualifiedName, type Table } from '../model/catalogue.ts';
import type { ExportedColumnStatistics } from '../model/production.ts';
import type { ColumnStatistics, ImportedTable } from '../model/statistics.ts';
import { withPlaceholders } from './import/placeholders.ts';
import { typicalWidth } from './width.ts';

/** Default values that grow with time, so that rows lie in the order of the column. */
const growing =
  /^(nextval\(|now\(\)|CURRENT_TIMESTAMP|clock_timestamp\(\)|uuidv7\(\)|transaction_timestamp\(\))/i;

/** What of a table the facts about its columns follow from. */
export interface KnownTable {
  readonly table: Table;
  readonly rows: number;
  readonly declared: DeclaredTable['columns'];
  /** From the statistics file, or null. */
  readonly imported: ImportedTable | null;
}

/** Facts about columns: what is declared, else what is imported, else what follows from keys and types. */
export class KnownColumns {
  readonly #tables: ReadonlyMap<string, KnownTable>;

  constructor(tables: Iterable<KnownTable>) {
    this.#tables = new Map([...tables].map((known) => [qualifiedName(known.table), known]));
  }

  all(known: KnownTable): readonly ColumnStatistics[] {
    return known.table.columns.map((column) => {
      const statistics = known.declared[column.name] === undefined ? exportedOf(known, column) : null;
      if (known.imported === null || statistics === null) return this.#derived(known, column);
      return known.imported.redacted
        ? plainStatistics(column.name, withPlaceholders(statistics, column, known.imported), true)
        : plainStatistics(column.name, statistics, false);
    });
  }

  #derived(known: KnownTable, column: Column): ColumnStatistics {
    const stated = known.declared[column.name];
    return {
      column: column.name,
      nullFraction: stated?.nulls ?? 0,
      width: stated?.width ?? typicalWidth(column),
      distinct: this.#distinct(known, column, []),
      mostCommon: Object.entries(stated?.common ?? {})
        .map(([value, share]) => ({ value, share }))
        .toSorted((a, b) => b.share - a.share),
      histogram: [],
      redacted: false,
      correlation: stated?.correlation ?? (column.identity || growing.test(column.default ?? '') ? 1 : null),
    };
  }

  /** As in pg_statistic: a count, or minus the share of the rows, or 0 where nothing is known. */
  #distinct(knownTable: KnownTable, column: Column, seen: readonly string[]): number {
    const { table, rows, declared } = knownTable;
    const stated = declared[column.name]?.distinct;
    if (stated !== undefined && stated !== null) return stated >= rows ? -1 : stated;
    const exported = exportedOf(knownTable, column);
    if (exported !== null) return exported.distinct;
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
      const parent = this.#tables.get(key.references);
      const referenced = key.referencedColumns[key.columns.indexOf(column.name)];
      const target = parent?.table.columns.find(({ name }) => name === referenced);
      if (parent === undefined || target === undefined) continue;
      const inParent = this.#distinct(parent, target, [...seen, here]);
      const count = inParent < 0 ? -inParent * parent.rows : inParent;
      if (count > 0) return count >= rows ? -1 : count;
    }
    return 0;
  }
}

/** What the file says of a column: with its children or partitions, where it has any. */
function exportedOf({ imported }: KnownTable, { number }: Column): ExportedColumnStatistics | null {
  const { statistics = null, inherited = null } = imported?.columns.get(number) ?? {};
  return inherited ?? statistics;
}

/** The facts that rules and estimates ask for. */
function plainStatistics(
  column: string,
  statistics: ExportedColumnStatistics,
  redacted: boolean,
): ColumnStatistics {
  const { nullFraction, width, distinct, mostCommon, histogram, correlation } = statistics;
  return {
    column,
    nullFraction,
    width,
    distinct,
    mostCommon: (mostCommon?.values ?? []).map((value, index) => ({
      value,
      share: mostCommon?.shares[index] ?? 0,
    })),
    histogram: histogram?.values ?? [],
    redacted,
    correlation,
  };
}
