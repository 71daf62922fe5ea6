import type { Range } from '../model/estimate.ts';

export function exactly(value: number): Range {
  return { low: value, high: value };
}

export function sumOf(ranges: readonly Range[]): Range {
  return ranges.reduce((sum, { low, high }) => ({ low: sum.low + low, high: sum.high + high }), exactly(0));
}

export function times({ low, high }: Range, factor: number): Range {
  return { low: low * factor, high: high * factor };
}

/** Seconds that an amount takes: the least of it at the highest rate a second, the most of it at the lowest. */
export function secondsAt(amount: Range, perSecond: Range): Range {
  return { low: amount.low / perSecond.high, high: amount.high / perSecond.low };
}
