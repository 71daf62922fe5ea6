/** How many rounds are measured; figures are medians of them. */
export const rounds = Number(process.argv[2] ?? 3);

export const signal = new AbortController().signal;

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** Milliseconds, and what came of it. */
export async function timed<T>(work: () => Promise<T>): Promise<readonly [number, T]> {
  const started = performance.now();
  const result = await work();
  return [performance.now() - started, result];
}

/** What each round returns. */
export async function inRounds<T>(work: (round: number) => Promise<T>): Promise<readonly T[]> {
  const results: T[] = [];
  for (let round = 0; round < rounds; round += 1) results.push(await work(round));
  return results;
}

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

export function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(2)} s`.padStart(8);
}

/** The median, and from where to where. */
export function range(ratios: readonly number[]): string {
  const [least, most] = [Math.min(...ratios), Math.max(...ratios)];
  return `${median(ratios).toFixed(2)}  (${least.toFixed(2)} to ${most.toFixed(2)})`;
}
