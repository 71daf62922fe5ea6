import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbedded } from '../src/sandbox/embedded/embedded.ts';
import { exportStatistics } from '../src/statistics/export/export.ts';
import { jsonSink } from '../src/statistics/export/json.ts';
import { readStatisticsFile } from '../src/statistics/file/read.ts';
import { inRounds, median, print, seconds, signal, timed } from './figures.ts';
import { generateHistory } from './history.ts';
import { build } from './states.ts';

const tables = 1_000;

/** A thousand rows in each table, so that PostgreSQL knows histograms of their columns. */
const filled = Array.from(
  { length: tables },
  (_, table) => `INSERT INTO t${table} (${table === 0 ? '' : 'parent_id, '}name, amount, created_at)
    SELECT ${table === 0 ? '' : 'i, '}'name ' || i, i, now() - i * interval '1 hour' FROM generate_series(1, 1000) i;`,
).join('\n');

/** Writing a file of the statistics of 1,000 tables, and reading it. */
export async function statistics(): Promise<void> {
  const { migrations } = generateHistory(2 * tables, 0, 1);
  await using sandbox = await startEmbedded({ major: 18, limitMs: 600_000, signal, forTools: true });
  const { name } = await build(sandbox, 'production', migrations);
  {
    await using session = await sandbox.connect(name, 'superuser');
    await session.script(`SET session_replication_role = replica; ${filled}`);
    await session.script('ANALYZE');
  }
  const { host, port, user, password, database } = sandbox.address(name);
  const url = `postgresql://${user}:${encodeURIComponent(password)}@${host}:${port}/${database}`;
  const folder = mkdtempSync(join(tmpdir(), 'pg-guardrails-bench-'));
  try {
    const file = join(folder, 'production.json');
    const measured = await inRounds(async () => {
      const pieces: string[] = [];
      const options = {
        url,
        redact: false,
        include: [],
        exclude: [],
        statementTimeoutMs: 60_000,
        signal,
        progress: () => {},
      };
      const [written] = await timed(() =>
        exportStatistics(
          options,
          jsonSink(async (text) => void pieces.push(text)),
        ),
      );
      writeFileSync(file, pieces.join(''));
      const [read, { relations }] = await timed(() => readStatisticsFile(file));
      return { written, read, bytes: pieces.join('').length, relations: relations.length };
    });
    const [{ bytes = 0, relations = 0 } = {}] = measured;
    print(`\nThe statistics file of ${relations} tables, ${(bytes / 1e6).toFixed(1)} MB`);
    print(`  exported ${seconds(median(measured.map(({ written }) => written)))}`);
    print(`  read     ${seconds(median(measured.map(({ read }) => read)))}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
