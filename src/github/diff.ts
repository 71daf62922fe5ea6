import type { LineRange } from '../model/change.ts';

/** Where a comment about some lines can stand. */
export type Anchor =
  | { readonly kind: 'line'; readonly line: number }
  | { readonly kind: 'range'; readonly from: number; readonly to: number };

/**
 * All of the lines where one hunk has them, since GitHub takes no range across hunks; else the first or the last
 * of them. Null where the diff shows neither.
 */
export function anchorOf(lines: LineRange, hunks: readonly LineRange[]): Anchor | null {
  const has = (hunk: LineRange, line: number) => hunk.from <= line && line <= hunk.to;
  const isWhole = hunks.some((hunk) => has(hunk, lines.from) && has(hunk, lines.to));
  if (isWhole && lines.from < lines.to) return { kind: 'range', ...lines };
  const line = [lines.from, lines.to].find((each) => hunks.some((hunk) => has(hunk, each)));
  return line === undefined ? null : { kind: 'line', line };
}
