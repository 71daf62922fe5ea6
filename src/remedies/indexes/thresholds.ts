/**
 * How much an index has to save for one query, of planner cost per execution. A share alone praises what is next to
 * nothing, and hides what is much of very much, so that any of these pairs will do.
 */
const enough: readonly { readonly share: number; readonly cost: number }[] = [
  // 100 is the price of reading 100 pages in sequence; half of the cost is what index advisors commonly ask for.
  { share: 0.5, cost: 100 },
  { share: 0.2, cost: 1_000 },
  { share: 0.05, cost: 10_000 },
];

export function isWorthwhile(before: number, after: number): boolean {
  return enough.some(({ share, cost }) => before - after >= cost && before - after >= share * before);
}

/** What a query has to be saved by a further index, where one was chosen already: the most is won by the first. */
const enoughFurther = 1_000;

export function isWorthFurther(before: number, after: number): boolean {
  return before - after >= enoughFurther && isWorthwhile(before, after);
}

/**
 * What an index has to save that carries columns along only for the table to be left alone: it does so as far as the
 * table is vacuumed, which the twin takes for granted, and is several times as large.
 */
const enoughCovering = 20_000;

export function isWorthCovering(before: number, after: number): boolean {
  return before - after >= enoughCovering && isWorthwhile(before, after);
}

/** Of two indexes that save alike, the smaller is taken: within this share of what the better one saves. */
export const alike = 0.95;
