import { estimateDeploy } from '../../src/estimates/deploy.ts';
import type { DeployEstimate } from '../../src/model/estimate.ts';
import type { MigrationObservation } from '../../src/model/observation.ts';
import type { SizedTable } from '../../src/statistics/tables.ts';

/** Estimates of what migrations take on tables of some sizes, without a workload. */
export function estimateOf(
  tables: ReadonlyMap<string, SizedTable>,
): (migrations: readonly MigrationObservation[]) => DeployEstimate {
  return (migrations) =>
    estimateDeploy({
      migrations,
      base: tables,
      head: tables,
      rowsToChange: new Map(),
      queries: [],
      traffic: { capturedSeconds: null, productionCalls: new Map(), pool: null },
      throughput: {},
    });
}
