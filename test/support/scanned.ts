import type { ExportedIndex, ExportedRelation, ProductionStatistics } from '../../src/model/production.ts';
import { production, relation } from '../statistics/production.ts';

/** Statistics files that say how often production scanned which index. */

/** A hundred days of counters, unless a test says otherwise. */
export function counted(
  relations: readonly ExportedRelation[],
  parts: Partial<ProductionStatistics> = {},
): string {
  return JSON.stringify(
    production({
      takenAt: '2026-11-10T00:00:00Z',
      countersSince: '2026-08-02T00:00:00Z',
      relations,
      ...parts,
    }),
  );
}

/** A table of twenty million rows with its indexes. */
export function scanned(
  name: string,
  indexes: readonly ExportedIndex[],
  activity: Partial<NonNullable<ExportedRelation['activity']>> = {},
  parts: Partial<ExportedRelation> = {},
): ExportedRelation {
  return relation(name, {
    rows: 20_000_000,
    pages: 200_000,
    allVisible: 190_000,
    indexes,
    activity: {
      sequentialScans: 100,
      indexScans: indexes.reduce((sum, { scans }) => sum + (scans ?? 0), 0),
      inserted: 2_000_000,
      updated: 1_000_000,
      hotUpdated: 500_000,
      deleted: 0,
      deadRows: 1_000_000,
      lastVacuum: '2026-11-01T00:00:00Z',
      lastAnalyze: '2026-11-08T00:00:00Z',
      ...activity,
    },
    ...parts,
  });
}

/** An index by its definition, such as `orders_email ON public.orders USING btree (email)`. */
export function index(definition: string, scans: number | null, pages = 200_000): ExportedIndex {
  const name = definition.slice(0, definition.indexOf(' ')).replaceAll('"', '');
  return { name, definition: `CREATE INDEX ${definition}`, rows: 20_000_000, pages, expressions: [], scans };
}
