import { type Catalogue, type Column, type Index, qualifiedName, type Table } from '../model/catalogue.ts';
import type { ExportedIndex } from '../model/production.ts';
import type { ColumnStatistics, ImportedTable, Sizes } from '../model/statistics.ts';
import type { Entry } from './column-statistics.ts';
import { withPlaceholders } from './import/placeholders.ts';

/** What pg_statistic is to hold about all columns: as it was imported where it was, else as it follows. */
export function columnEntries(catalogue: Catalogue, sizes: Sizes): readonly Entry[] {
  return catalogue.tables.flatMap((table) => {
    const { columns = [], imported = null } = sizes.get(table.oid) ?? {};
    const known = new Map(columns.map((each) => [each.column, each]));
    return table.columns.flatMap((column) => {
      const statistics = known.get(column.name);
      if (statistics === undefined) return [];
      return importedEntries(table, column, imported) ?? [derivedEntry(table, column, statistics)];
    });
  });
}

/** Null where the column is not as the file has it: the file lacks it, or something else is declared. */
function importedEntries(
  table: Table,
  column: Column,
  imported: ImportedTable | null,
): readonly Entry[] | null {
  const exported = imported?.columns.get(column.number);
  if (imported === null || exported === undefined || imported.declared.has(column.number)) return null;
  const common = { ...placeOf(table, column), type: null };
  return [
    { inherited: false, statistics: exported.statistics },
    { inherited: true, statistics: exported.inherited },
  ].flatMap(({ inherited, statistics }): readonly Entry[] => {
    if (statistics === null) return [];
    const whole = imported.redacted ? withPlaceholders(statistics, column, imported) : statistics;
    return [{ ...common, inherited, statistics: whole }];
  });
}

function derivedEntry(table: Table, column: Column, statistics: ColumnStatistics): Entry {
  const { nullFraction, width, distinct, mostCommon, histogram, correlation } = statistics;
  return {
    ...placeOf(table, column),
    type: null,
    inherited: table.kind === 'partitioned table',
    statistics: {
      nullFraction,
      width,
      distinct,
      mostCommon: {
        values: mostCommon.map(({ value }) => value),
        shares: mostCommon.map(({ share }) => share),
      },
      histogram: { values: histogram, count: histogram.length },
      correlation,
      elements: null,
      ranges: null,
    },
  };
}

function placeOf(table: Table, column: Column): Pick<Entry, 'subject' | 'relation' | 'number'> {
  return {
    subject: `${qualifiedName(table)}.${column.name}`,
    relation: table.oid,
    number: column.number,
  };
}

/**
 * What pg_statistic is to hold about keys of an index that are expressions.
 *
 * @param types oids of the expressions' types, by position
 */
export function expressionEntries(
  index: Index,
  exported: ExportedIndex,
  types: ReadonlyMap<number, number>,
): readonly Entry[] {
  return exported.expressions.flatMap(({ position, statistics }): readonly Entry[] => {
    const type = types.get(position);
    if (type === undefined) return [];
    const subject = `key ${position} of the index ${index.name}`;
    return [{ subject, relation: index.oid, number: position, type, inherited: false, statistics }];
  });
}
