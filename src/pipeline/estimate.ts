import type { Config } from '../config/config.ts';
import { estimateDeploy } from '../estimates/deploy.ts';
import type { DeployEstimate } from '../model/estimate.ts';
import type { MigrationObservation } from '../model/observation.ts';
import type { QueryLoad } from '../model/query.ts';
import type { Workload } from '../workload/read.ts';
import type { PlannedState } from './plans.ts';

/** How long the change takes at production, and whom it keeps waiting. */
export function estimateChange(
  config: Config,
  workload: Workload,
  loads: ReadonlyMap<string, QueryLoad>,
  migrations: readonly MigrationObservation[],
  base: PlannedState,
  head: PlannedState,
): DeployEstimate {
  const capturedMs = config.captureMs ?? workload.milliseconds;
  return estimateDeploy({
    migrations,
    base: base.tables,
    head: head.tables,
    rowsToChange: base.rowsToChange,
    queries: [...base.examination.planned.values()],
    traffic: {
      capturedSeconds: capturedMs === null ? null : capturedMs / 1000,
      productionCalls: new Map(
        [...loads].flatMap(([fingerprint, { callsPerSecond }]) =>
          callsPerSecond === null ? [] : [[fingerprint, callsPerSecond] as const],
        ),
      ),
      pool: config.pool,
    },
    throughput: config.throughput,
  });
}
