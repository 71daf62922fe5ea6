import type { TraceStatement } from '../model/trace.ts';

/** Characters of one statement. */
const longestStatement = 60;

/** Steps before the rest is left out. */
const mostSteps = 12;

const longestBlock = 5;

/**
 * The order of statements in a line: `BEGIN → SELECT ... → UPDATE ... × 40 → COMMIT`. What is repeated is told once, and
 * what is long is cut short.
 */
export function orderOf(statements: readonly TraceStatement[]): string {
  const steps: string[] = [];
  for (let at = 0; at < statements.length && steps.length <= mostSteps; ) {
    const { length, times } = repeatedAt(statements, at);
    const block = statements.slice(at, at + length).map(cut);
    const text = length > 1 ? `(${block.join(' → ')})` : (block[0] ?? '');
    steps.push(times > 1 ? `${text} × ${times}` : text);
    at += length * times;
  }
  return [...steps.slice(0, mostSteps), ...(steps.length > mostSteps ? ['…'] : [])].join(' → ');
}

function repeatedAt(
  statements: readonly TraceStatement[],
  at: number,
): { readonly length: number; readonly times: number } {
  let best = { length: 1, times: 1 };
  for (let length = 1; length <= longestBlock; length += 1) {
    let times = 1;
    while (isRepeated(statements, at, length, times)) times += 1;
    if (times > 1 && times * length > best.times * best.length) best = { length, times };
  }
  return best;
}

function isRepeated(
  statements: readonly TraceStatement[],
  at: number,
  length: number,
  times: number,
): boolean {
  return Array.from({ length }, (_, index) => index).every((index) => {
    const [first, again] = [statements[at + index], statements[at + times * length + index]];
    return first !== undefined && again !== undefined && keyOf(first) === keyOf(again);
  });
}

function keyOf({ fingerprint, control, sql }: TraceStatement): string {
  return fingerprint ?? control ?? sql;
}

function cut({ sql }: TraceStatement): string {
  const text = sql.replaceAll(/\s+/g, ' ').trim();
  return text.length > longestStatement ? `${text.slice(0, longestStatement - 1).toWellFormed()}…` : text;
}
