import type { Query } from '../model/query.ts';

/** What is known of how often queries are asked. */
export interface Frequency {
  /** How long the capture of the workload lasted; null where it does not tell. */
  readonly capturedSeconds: number | null;
  /** Calls a second in production, by fingerprint, where its statistics count them. */
  readonly productionCalls: ReadonlyMap<string, number>;
}

/** Production's own count goes before that of a capture, which may be of a test. Null where neither tells. */
export function callsPerSecondOf(
  { fingerprint, calls }: Pick<Query, 'fingerprint' | 'calls'>,
  { capturedSeconds, productionCalls }: Frequency,
): number | null {
  const inProduction = productionCalls.get(fingerprint);
  if (inProduction !== undefined) return inProduction;
  return capturedSeconds === null ? null : calls / capturedSeconds;
}
