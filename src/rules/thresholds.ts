import { migrationThresholds } from './migration-thresholds.ts';
import { queryThresholds } from './query-thresholds.ts';
import { schemaThresholds } from './schema-thresholds.ts';
import type { Threshold } from './threshold.ts';
import { traceThresholds } from './trace-thresholds.ts';

/** What the configuration can override, severity by severity, by the id of the rule. */
export const thresholds = {
  ...migrationThresholds,
  ...queryThresholds,
  ...schemaThresholds,
  ...traceThresholds,
} as const satisfies Readonly<Record<string, Threshold>>;

export type ThresholdId = keyof typeof thresholds;
