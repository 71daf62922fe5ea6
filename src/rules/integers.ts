/** The largest value of an integer type, by the name that format_type prints; null for other types. */
export function largestOf(type: string): number | null {
  return largest.get(type) ?? null;
}

const largest: ReadonlyMap<string, number> = new Map([
  ['smallint', 2 ** 15 - 1],
  ['integer', 2 ** 31 - 1],
  ['bigint', 2 ** 63],
]);
