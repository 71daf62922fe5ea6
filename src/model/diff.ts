import parseDiff from 'parse-diff';
import type { ChangedLines, LineRange } from './change.ts';

/**
 * Lines of the head that the hunks of a unified diff show: added ones, and those around them. It is on these that
 * review comments can stand (https://docs.github.com/en/rest/pulls/comments, `line` and `side`).
 */
export function linesOfDiff(diff: string): ChangedLines {
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

/**
 * Git writes controls, quotes and backslashes of a path as escapes, and bytes beyond ASCII too unless
 * core.quotePath is off.
 */
function unquoted(path: string): string {
  const parts = path.matchAll(/\\([0-7]{3}|.)|[^\\]+/g);
  const bytes = [...parts].map(([text, sequence]) => {
    if (sequence === undefined) return Buffer.from(text);
    if (sequence.length === 3) return Buffer.of(Number.parseInt(sequence, 8));
    return Buffer.from(controls[sequence] ?? sequence);
  });
  return Buffer.concat(bytes).toString('utf8');
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
