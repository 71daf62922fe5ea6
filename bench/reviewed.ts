import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { loadConfigFile } from '../src/config/file.ts';
import { resolveConfig } from '../src/config/read.ts';
import type { Review } from '../src/model/review.ts';
import { review } from '../src/review.ts';
import { knownNames } from '../src/rules/known.ts';
import { startSandbox } from '../src/sandbox/start.ts';
import { signal, timed } from './figures.ts';
import type { History } from './history.ts';

/** How long a review took. */
export interface Measured {
  readonly milliseconds: number;
  readonly timings: Review['timings'];
}

/** Reviews a history that is written to a folder. */
export async function reviewed({ migrations, added, queries }: History): Promise<Measured> {
  const root = mkdtempSync(join(tmpdir(), 'pg-guardrails-bench-'));
  try {
    for (const { path, text } of migrations) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    writeFileSync(join(root, 'w.ndjson'), queries.map((sql) => JSON.stringify({ sql })).join('\n'));
    const config = resolveConfig(
      await loadConfigFile(root, null, knownNames),
      {
        migrations: null,
        layout: null,
        schema: null,
        migrateCommand: null,
        captureCommand: null,
        emptyDatabase: false,
        captureBase: false,
        environment: {},
        seed: null,
        statistics: null,
        workload: ['w.ndjson'],
        baseWorkload: [],
        comparison: { kind: 'named', files: migrations.slice(-added).map(({ path }) => path) },
        sandbox: null,
        serverUrl: null,
        execute: false,
        postgresVersion: null,
        image: null,
        failOn: null,
        minScore: null,
      },
      'embedded',
    );
    const ports = {
      root,
      signal,
      now: () => performance.now(),
      today: '2026-01-01',
      progress: () => {},
      startSandbox,
    };
    const [milliseconds, result] = await timed(() => review(config, ports));
    if (result === null) throw new Error('nothing was reviewed');
    const { timings, unchecked, queries: planned } = result;
    if (planned.length !== queries.length)
      throw new Error(`${planned.length} of ${queries.length} queries are distinct`);
    if (unchecked.length > 0) throw new Error(`not everything was examined: ${JSON.stringify(unchecked[0])}`);
    return { milliseconds, timings };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
