import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { advising } from './advising.ts';
import { inRounds, median, print, range, rounds, seconds } from './figures.ts';
import { floor } from './floor.ts';
import { generateHistory } from './history.ts';
import { ingest } from './ingest.ts';
import { observationRounds, observedRows, observedStatements } from './observation.ts';
import { planning } from './planning.ts';
import { reviewed } from './reviewed.ts';
import { rewriting } from './rewriting.ts';
import { statistics } from './statistics.ts';
import { steps } from './steps.ts';
import { twins } from './twins.ts';

/**
 * Measures reviews against the floor below which no review can be: the same server started, the same SQL applied
 * once, each query explained once by a bare client; and by themselves the parts that take the most. Figures are
 * medians; ratios are of one run.
 */
async function againstFloor(): Promise<void> {
  const history = generateHistory(200, 500, 5);
  const pairs = await inRounds(async () => ({
    floor: await floor(history),
    review: await reviewed(history),
  }));
  print('A review of 200 migrations (5 of them new) and 500 queries, against the floor');
  print(`  floor    ${seconds(median(pairs.map((pair) => pair.floor)))}`);
  print(`  review   ${seconds(median(pairs.map((pair) => pair.review.milliseconds)))}`);
  for (const phase of ['sandbox', 'base', 'observe', 'plan', 'judge', 'remedies'] as const) {
    print(`    ${phase.padEnd(8)} ${seconds(median(pairs.map((pair) => pair.review.timings[phase])))}`);
  }
  print(`  ratio    ${range(pairs.map((pair) => pair.review.milliseconds / pair.floor))}`);
}

/** What a query costs, beside what planning costs at all: it must not grow with their number. */
async function perQuery(): Promise<void> {
  print('\nPlans, advice, rules and remedies, by the number of queries');
  let previous: { readonly count: number; readonly milliseconds: number } | null = null;
  for (const count of [100, 1_000, 4_000]) {
    const runs: number[] = [];
    for (let round = 0; round < Math.min(2, rounds); round += 1) {
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
  print(`\n${observedStatements} statements of migrations on tables of ${observedRows} rows`);
  print(`  bare     ${seconds(median(measured.map((round) => round.bare)))}`);
  print(`  observed ${seconds(median(measured.map((round) => round.observed)))}`);
  print(`  ratio    ${range(measured.map((round) => round.observed / round.bare))}`);
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
await planning();
await steps();
await advising();
await rewriting();
await twins();
await statistics();
await ingest();
demo();
