import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { loadConfigFile } from '../src/config/file.ts';
import { resolveConfig } from '../src/config/read.ts';
import type { Review } from '../src/model/review.ts';
import { review } from '../src/review.ts';
import { knownNames } from '../src/rules/known.ts';
import { startEmbedded } from '../src/sandbox/embedded/embedded.ts';
import { startSandbox } from '../src/sandbox/start.ts';
import { generateHistory, type History } from './history.ts';
import { observationRounds, observedRows, observedStatements } from './observation.ts';

/**
 * Measures reviews against the floor below which no review can be: the same server started, the same SQL applied
 * once, each query explained once by a bare client. Figures are medians; ratios are of one run.
 */
const rounds = Number(process.argv[2] ?? 5);
const signal = new AbortController().signal;

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

async function time(work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** The server, the SQL, and a plan of each query, by a client that does nothing else. */
async function floor({ migrations, queries }: History): Promise<number> {
  return time(async () => {
    await using sandbox = await startEmbedded({ major: 18, limitMs: 60_000, signal });
    await using session = await sandbox.connect('postgres', 'superuser');
    const [row] = await session.query('SHOW unix_socket_directories');
    const host = String(row?.['unix_socket_directories']);
    const client = new pg.Client({ host, user: 'postgres', database: 'postgres' });
    await client.connect();
    for (const { text } of migrations) await client.query(text);
    for (const sql of queries) await client.query(`EXPLAIN (VERBOSE, FORMAT JSON) ${sql}`);
    await client.end();
  });
}

interface Measured {
  readonly milliseconds: number;
  readonly timings: Review['timings'];
}

async function reviewed({ migrations, added, queries }: History): Promise<Measured> {
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
        seed: null,
        workload: ['w.ndjson'],
        comparison: { kind: 'named', files: migrations.slice(-added).map(({ path }) => path) },
        sandbox: null,
        postgresVersion: null,
        image: null,
        failOn: null,
        minScore: null,
      },
      'embedded',
    );
    let result: Review | null = null;
    const milliseconds = await time(async () => {
      const ports = {
        root,
        signal,
        now: () => performance.now(),
        today: '2026-01-01',
        progress: () => {},
        startSandbox,
      };
      result = await review(config, ports);
    });
    if (result === null) throw new Error('nothing was reviewed');
    const { timings, unchecked, queries: planned }: Review = result;
    if (planned.length !== queries.length)
      throw new Error(`${planned.length} of ${queries.length} queries are distinct`);
    if (unchecked.length > 0) throw new Error(`not everything was examined: ${JSON.stringify(unchecked[0])}`);
    return { milliseconds, timings };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

const seconds = (milliseconds: number) => `${(milliseconds / 1000).toFixed(2)} s`;
const print = (text: string) => process.stdout.write(`${text}\n`);

async function againstFloor(): Promise<void> {
  const history = generateHistory(200, 500, 5);
  const pairs: { readonly floor: number; readonly review: Measured }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    pairs.push({ floor: await floor(history), review: await reviewed(history) });
  }
  const ratios = pairs.map((pair) => pair.review.milliseconds / pair.floor);
  print('A review of 200 migrations (5 of them new) and 500 queries, against the floor');
  print(`  floor    ${seconds(median(pairs.map((pair) => pair.floor)))}`);
  print(`  review   ${seconds(median(pairs.map((pair) => pair.review.milliseconds)))}`);
  for (const phase of ['sandbox', 'base', 'observe', 'plan'] as const) {
    print(`    ${phase.padEnd(8)} ${seconds(median(pairs.map((pair) => pair.review.timings[phase])))}`);
  }
  print(
    `  ratio    ${median(ratios).toFixed(2)}  (${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)})`,
  );
}

/** What a query costs, beside what planning costs at all: it must not grow with their number. */
async function perQuery(): Promise<void> {
  print('\nPlanning at base and at head, with all rules, by the number of queries');
  let previous: { readonly count: number; readonly milliseconds: number } | null = null;
  for (const count of [100, 1_000, 10_000]) {
    const runs: number[] = [];
    for (let round = 0; round < Math.min(3, rounds); round += 1) {
      const { milliseconds, timings } = await reviewed(generateHistory(200, count, 2));
      runs.push(milliseconds - timings.sandbox - timings.base - timings.observe);
    }
    const now = { count, milliseconds: median(runs) };
    const each =
      previous === null ? null : (now.milliseconds - previous.milliseconds) / (count - previous.count);
    print(
      `  ${String(count).padStart(6)}   ${seconds(now.milliseconds).padStart(8)}${each === null ? '' : `   ${each.toFixed(2)} ms for each more`}`,
    );
    previous = now;
  }
}

/** What observing adds to running the same statements. */
async function observing(): Promise<void> {
  const measured = await observationRounds(rounds);
  const ratios = measured.map((round) => round.observed / round.bare);
  print(`\n${observedStatements} statements of migrations on tables of ${observedRows} rows`);
  print(`  bare     ${seconds(median(measured.map((round) => round.bare)))}`);
  print(`  observed ${seconds(median(measured.map((round) => round.observed)))}`);
  print(
    `  ratio    ${median(ratios).toFixed(2)}  (${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)})`,
  );
}

function demo(): void {
  const runs = Array.from({ length: rounds }, () => {
    const started = performance.now();
    const { status } = spawnSync(process.execPath, ['scripts/demo.ts'], {
      cwd: join(import.meta.dirname, '..'),
    });
    if (status !== 0) throw new Error('the demo failed');
    return performance.now() - started;
  });
  print(`\nThe demo, as a process: ${seconds(median(runs))}`);
}

await againstFloor();
await observing();
await perQuery();
demo();
