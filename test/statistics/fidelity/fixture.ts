import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readCatalogue } from '../../../src/migrations/catalogue.ts';
import type { ProductionStatistics } from '../../../src/model/production.ts';
import type { Unchecked } from '../../../src/model/review.ts';
import type { Sandbox, Session } from '../../../src/model/server.ts';
import { exportToFile } from '../../../src/statistics/export/write.ts';
import { readStatisticsFile } from '../../../src/statistics/file/read.ts';
import { productionSizes } from '../../../src/statistics/sizes.ts';
import { growTwin } from '../../../src/statistics/twin.ts';

const textOf = (file: string) => readFileSync(join(import.meta.dirname, file), 'utf8');

export const tables = textOf('schema.sql');
export const indexes = textOf('indexes.sql');

/** Statements that fill the schema, for a share of all its rows. */
export function rowsOf(scale: number): readonly string[] {
  return textOf('rows.sql').replaceAll(':scale', `${scale}::float8`).split(/;\n/);
}

export const queries: readonly string[] = textOf('queries.sql')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('--'));

/** What `statistics export` makes of a database, through the file. */
export async function exported(
  sandbox: Sandbox,
  database: string,
  redact = false,
): Promise<ProductionStatistics> {
  const { host, port, user, password } = sandbox.address(database);
  const folder = mkdtempSync(join(tmpdir(), 'pg-guardrails-test-'));
  try {
    const file = join(folder, 'production.json');
    const url = `postgres://${user}:${password}@${host}:${port}/${database}?sslmode=disable`;
    await exportToFile(
      {
        url,
        redact,
        include: [],
        exclude: [],
        statementTimeoutMs: 60_000,
        signal: new AbortController().signal,
        progress: () => {},
      },
      file,
    );
    return await readStatisticsFile(file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Makes a database the twin of what the statistics are of. */
export async function twinOf(
  sandbox: Sandbox,
  database: string,
  production: ProductionStatistics,
): Promise<{ readonly session: Session; readonly unchecked: readonly Unchecked[] }> {
  const superuser = await sandbox.connect(database, 'superuser');
  const owner = await sandbox.connect(database, 'owner');
  const catalogue = await readCatalogue(superuser);
  const sizes = productionSizes(catalogue, {}, 1e6, undefined, production);
  const unchecked = await growTwin(sandbox, { superuser, owner }, catalogue, sizes);
  return { session: superuser, unchecked };
}
