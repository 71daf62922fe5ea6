import type { Declared } from '../src/config/config.ts';
import { startEmbedded } from '../src/sandbox/embedded/embedded.ts';
import { inRounds, median, print, seconds, signal } from './figures.ts';
import { generateHistory } from './history.ts';
import { build, sizesOf, twinAndPlans } from './states.ts';

/** About 2 TB with its rows of 100 bytes. */
const largest: Declared = { 'public.t0': { rows: 2e10, width: 75, columns: {} } };

/** Growing the twin of a schema to production size. */
export async function twins(): Promise<void> {
  print('\nTwins at production size, by the number of tables');
  await using sandbox = await startEmbedded({ major: 18, limitMs: 60_000, signal });
  for (const count of [10, 100, 1_000]) {
    const { migrations } = generateHistory(2 * count, 0, 1);
    const state = await build(sandbox, `tables_${count}`, migrations);
    const milliseconds = median(
      (await inRounds(() => twinAndPlans(sandbox, state, []))).map(({ twin }) => twin),
    );
    print(
      `  ${String(count).padStart(5)}  ${seconds(milliseconds)}   ${(milliseconds / count).toFixed(2)} ms for each`,
    );
    await sandbox.dropDatabase(`${state.name}_twin`);
  }
  const { migrations } = generateHistory(2, 0, 1);
  const state = await build(sandbox, 'one', migrations);
  const bytes = sizesOf(state, largest).tables.get('public.t0')?.bytes ?? Number.NaN;
  const measured = await inRounds(() => twinAndPlans(sandbox, state, [], largest));
  print(
    `  one of ${(bytes / 1e12).toFixed(1)} TB  ${seconds(median(measured.map(({ twin }) => twin))).trim()}`,
  );
}
