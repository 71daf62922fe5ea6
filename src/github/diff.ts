import parseDiff from 'parse-diff';
import type { ChangedLines, LineRange } from '../model/change.ts';

/**
 * Lines of the head that review comments can stand on: the added lines and the context of every hunk.
 * https://docs.github.com/en/rest/pulls/comments (`line`, `side`)
 *
 * @param diff of the pull request, as GitHub gives it for `application/vnd.github.diff`
 */
export function commentableLines(diff: string): ChangedLines {
  return new Map(
    parseDiff(diff).flatMap(({ to, chunks }) => {
      if (to === undefined || to === '/dev/null') return [];
      const hunks = chunks.flatMap(({ newStart, newLines }): readonly LineRange[] =>
        newLines === 0 ? [] : [{ from: newStart, to: newStart + newLines - 1 }],
      );
      return [[unquoted(to), hunks] as const];
    }),
  );
}

/** Git writes bytes beyond ASCII, controls, quotes and backslashes of a path as escapes (core.quotePath). */
function unquoted(path: string): string {
  const bytes = path.replaceAll(/\\([0-7]{3}|.)/g, (_, sequence: string) =>
    sequence.length === 3
      ? String.fromCharCode(Number.parseInt(sequence, 8))
      : (controls[sequence] ?? sequence),
  );
  return bytes === path ? path : Buffer.from(bytes, 'latin1').toString('utf8');
}

const controls: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

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
