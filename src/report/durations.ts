/** From the least to the most, in seconds: as review.json has it. */
type Seconds = readonly [low: number, high: number];

const units = [
  { name: 'ms', seconds: 0.001, below: 0.1 },
  { name: 's', seconds: 1, below: 100 },
  { name: 'min', seconds: 60, below: 100 * 60 },
  { name: 'h', seconds: 3600, below: 48 * 3600 },
  { name: 'days', seconds: 86_400, below: Number.POSITIVE_INFINITY },
] as const;

const twoDigits = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 2 });

/** A time that people can tell apart from another at a glance: `40 s`, `3 min`, `2.5 h`. */
export function formatSeconds(seconds: number): string {
  const { amount, unit } = inUnit(seconds);
  return `${amount} ${unit}`;
}

/** `40 s to 3 min`, `40 to 90 s`, or `milliseconds` where that is all it is. */
export function formatRange([low, high]: Seconds): string {
  if (high < 0.1) return 'milliseconds';
  const from = inUnit(low);
  const to = inUnit(high);
  if (from.unit !== to.unit) return `${from.amount} ${from.unit} to ${to.amount} ${to.unit}`;
  return from.amount === to.amount ? `${to.amount} ${to.unit}` : `${from.amount} to ${to.amount} ${to.unit}`;
}

function inUnit(seconds: number): { readonly amount: string; readonly unit: string } {
  const unit = units.find(({ below }) => seconds < below) ?? units[4];
  return { amount: twoDigits.format(seconds / unit.seconds), unit: unit.name };
}
