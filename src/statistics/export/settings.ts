import { z } from 'zod';
import { CannotReview, problem } from '../../model/problem.ts';
import type { ProductionStatistics } from '../../model/production.ts';
import type { Snapshot } from './snapshot.ts';

/** The oldest major version that is read. */
const oldest = 14;

/**
 * What the planner goes by. `Query Tuning` are PostgreSQL's categories of planner settings; memory and workers are in
 * others (PostgreSQL documentation, "pg_settings").
 */
const settingsQuery = `
  SELECT name, current_setting(name) AS value
  FROM pg_settings
  WHERE category LIKE 'Query Tuning%'
    OR name IN ('work_mem', 'hash_mem_multiplier', 'max_parallel_workers', 'max_parallel_workers_per_gather',
      'max_worker_processes', 'shared_buffers', 'maintenance_work_mem', 'temp_buffers', 'effective_io_concurrency',
      'block_size')
  ORDER BY name`;

const serverQuery = `
  SELECT current_setting('server_version') AS version, current_setting('server_version_num')::int AS number,
    to_char(now(), 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS "takenAt",
    (SELECT to_char(stats_reset, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') FROM pg_stat_database
      WHERE datname = current_database()) AS "countersSince"`;

const serverRow = z.object({
  version: z.string(),
  number: z.number(),
  takenAt: z.string(),
  countersSince: z.string().nullable(),
});

const settingRow = z.object({ name: z.string(), value: z.string() });

type Described = Pick<ProductionStatistics, 'takenAt' | 'server' | 'settings' | 'countersSince'>;

/**
 * The server, its planner settings, and since when it counts.
 *
 * @throws CannotReview where the server is older than those that are supported.
 */
export async function readServer(snapshot: Snapshot): Promise<Described> {
  const [server] = await snapshot.query(serverQuery, serverRow);
  if (server === undefined) throw new Error('the server did not tell its version');
  const major = Math.floor(server.number / 10_000);
  if (major < oldest) {
    throw new CannotReview([
      problem(`the server runs PostgreSQL ${server.version}`, `versions from ${oldest} on can be read`),
    ]);
  }
  const settings = await snapshot.query(settingsQuery, settingRow);
  return {
    takenAt: server.takenAt,
    // Packagers add a remark: 16.4 (Debian 16.4-1).
    server: { version: server.version.split(' ')[0] ?? server.version, major },
    settings: Object.fromEntries(settings.map(({ name, value }) => [name, value])),
    countersSince: server.countersSince,
  };
}
