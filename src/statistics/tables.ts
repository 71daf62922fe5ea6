import type { Declared } from '../config/config.ts';
import { type Catalogue, qualifiedName, type Table } from '../model/catalogue.ts';
import type { ProductionStatistics } from '../model/production.ts';
import type { Review, Unchecked } from '../model/review.ts';
import { plainName } from '../model/schema.ts';
import { type ColumnStatistics, pageSize, type SizeSource, type Sizes } from '../model/statistics.ts';
import { isRecordTable } from '../sql/record-tables.ts';

/** A table with its size at production. */
export interface SizedTable {
  readonly name: string;
  /** Under what name its scans are reported: a partition's under that of its partitioned table. */
  readonly reportAs: string;
  readonly rows: number;
  /** Bytes of its heap. */
  readonly bytes: number;
  readonly source: SizeSource;
  /** What the planner is told about the values, by column name. */
  readonly statistics: ReadonlyMap<string, ColumnStatistics>;
  readonly columns: Table['columns'];
  readonly indexes: Table['indexes'];
}

/** The tables of a schema state with their sizes, by qualified name. */
export function sizedTables(catalogue: Catalogue, sizes: Sizes): ReadonlyMap<string, SizedTable> {
  const names = new Map(catalogue.tables.map((table) => [table.oid, qualifiedName(table)]));
  return new Map(
    catalogue.tables.flatMap((table) => {
      const statistics = sizes.get(table.oid);
      if (statistics === undefined) return [];
      const { size } = statistics;
      const name = qualifiedName(table);
      const sized: SizedTable = {
        name,
        reportAs: names.get(table.partitionOf ?? table.oid) ?? name,
        rows: size.rows,
        bytes: size.pages * pageSize,
        source: size.source,
        statistics: new Map(statistics.columns.map((each) => [each.column, each])),
        columns: table.columns,
        indexes: table.indexes,
      };
      return [[name, sized] as const];
    }),
  );
}

/** What the report says of where sizes come from. */
export function describeSizes(
  tables: Iterable<SizedTable>,
  assumedRows: number,
  production: ProductionStatistics | null = null,
): Review['statistics'] {
  // How large a migration tool's own records are makes no difference to anything.
  const whole = [...tables].filter(
    ({ name, reportAs }) => name === reportAs && !isRecordTable(plainName(name)),
  );
  const named = (source: SizedTable['source']) =>
    whole.filter((table) => table.source === source).map(({ name }) => name);
  const [imported, declared] = [named('imported'), named('declared')];
  return {
    source: imported.length > 0 ? 'imported' : declared.length > 0 ? 'declared' : 'assumed',
    imported,
    takenAt: production?.takenAt ?? null,
    declared,
    assumed: named('assumed'),
    assumedRows,
  };
}

/** Declarations that match no table or column: misspelt, or out of date. */
export function unmatchedDeclarations(
  declared: Declared,
  catalogues: readonly Catalogue[],
): readonly Unchecked[] {
  const tables = catalogues.flatMap((catalogue) => catalogue.tables);
  return Object.entries(declared).flatMap(([name, { columns }]): readonly Unchecked[] => {
    const matching = tables.filter((table) => qualifiedName(table) === name || table.name === name);
    if (matching.length === 0) {
      return [{ subject: `tables.${name} in the configuration`, reason: 'there is no such table' }];
    }
    const known = new Set(matching.flatMap((table) => table.columns.map((column) => column.name)));
    return Object.keys(columns)
      .filter((column) => !known.has(column))
      .map((column) => ({
        subject: `tables.${name}.columns.${column} in the configuration`,
        reason: 'there is no such column',
      }));
  });
}
