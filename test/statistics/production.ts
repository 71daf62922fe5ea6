import type {
  ExportedColumn,
  ExportedColumnStatistics,
  ExportedRelation,
  ProductionStatistics,
} from '../../src/model/production.ts';

/** A statistics file for tests, with what a test wants to say. */
export function production(parts: Partial<ProductionStatistics> = {}): ProductionStatistics {
  return {
    version: 1,
    takenAt: '2026-06-01T00:00:00Z',
    redacted: false,
    server: { version: '18.4', major: 18 },
    settings: {},
    countersSince: null,
    queriesSince: null,
    relations: [],
    extended: [],
    queries: [],
    leftOut: [],
    ...parts,
  };
}

export function relation(name: string, parts: Partial<ExportedRelation> = {}): ExportedRelation {
  return {
    schema: 'public',
    name,
    kind: 'table',
    parent: null,
    rows: 1000,
    pages: 10,
    allVisible: 0,
    toastPages: null,
    columns: [],
    indexes: [],
    activity: null,
    ...parts,
  };
}

export function column(
  name: string,
  type: string,
  statistics: Partial<ExportedColumnStatistics> = {},
): ExportedColumn {
  return {
    name,
    type,
    statistics: {
      nullFraction: 0,
      width: 4,
      distinct: 0,
      mostCommon: null,
      histogram: null,
      correlation: null,
      elements: null,
      ranges: null,
      ...statistics,
    },
    inherited: null,
  };
}
