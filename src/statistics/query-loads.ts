import type { ProductionStatistics } from '../model/production.ts';
import type { QueryLoad } from '../model/query.ts';
import { fingerprintOf } from '../sql/fingerprint.ts';
import { parse } from '../sql/grammar.ts';

/** Shorter counting says nothing about calls a second. */
const shortestSeconds = 60;

/**
 * What production spends on each query, by fingerprint, as pg_stat_statements counted it. Shares are of what the file
 * lists, which are the queries that take the most time; texts that cannot be read count into the whole.
 */
export function queryLoads(production: ProductionStatistics | null): ReadonlyMap<string, QueryLoad> {
  const loads = new Map<string, QueryLoad>();
  if (production === null) return loads;
  const { queries, queriesSince, takenAt } = production;
  const counted = queriesSince === null ? null : (Date.parse(takenAt) - Date.parse(queriesSince)) / 1000;
  const seconds = counted !== null && counted >= shortestSeconds ? counted : null;
  const all = queries.reduce((sum, { totalMs }) => sum + totalMs, 0);
  for (const { sql, calls, totalMs } of queries) {
    const parsed = parse(sql);
    const statement = parsed.kind === 'parsed' ? parsed.value.stmts?.[0]?.stmt : undefined;
    if (statement === undefined) continue;
    const fingerprint = fingerprintOf(statement);
    const before = loads.get(fingerprint);
    const sum = { calls: calls + (before?.calls ?? 0), milliseconds: totalMs + (before?.milliseconds ?? 0) };
    loads.set(fingerprint, {
      ...sum,
      share: all === 0 ? null : sum.milliseconds / all,
      callsPerSecond: seconds === null ? null : sum.calls / seconds,
    });
  }
  return loads;
}
