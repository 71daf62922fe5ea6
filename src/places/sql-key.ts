/**
 * A text of SQL by which it is known again: its words as they are written, with their case and quotes, since builders write
 * them otherwise than people; values and parameters as one sign; lists of any length as one; no white space or comments.
 */
export interface SqlKey {
  readonly key: string;
  /** Constants in their order; null in the place of each parameter. */
  readonly values: readonly (string | null)[];
}

/** Stands in a literal where code puts something in. */
export const insertion = '\u0001';

const token = new RegExp(
  [
    String.raw`(?<skipped>\s+|--[^\n]*|/\*(?:[^*]|\*(?!/))*\*/)`,
    String.raw`(?<text>[eEbBxXnN]?'(?:[^']|'')*'|\$(?<tag>[A-Za-z_]\w*|)\$(?:(?!\$\k<tag>\$)[\s\S])*\$\k<tag>\$)`,
    String.raw`(?<parameter>\$\d+|\?|%\(\w+\)s|%[sd]|(?<!:):[A-Za-z_]\w*|@[A-Za-z_]\w*|\{\w*\}|${insertion})`,
    String.raw`(?<word>"(?:[^"]|"")*"|[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*)`,
    String.raw`(?<number>\d[\w.]*)`,
    String.raw`(?<sign>::|[\s\S])`,
  ].join('|'),
  'gu',
);

/** Null for what holds more than one statement, or too little to be known by. */
export function sqlKey(sql: string): SqlKey | null {
  const tokens: Token[] = [];
  for (const { groups = {}, 0: text } of sql.trim().replace(/;\s*$/, '').matchAll(token)) {
    if (groups['skipped'] !== undefined) continue;
    if (text === ';') return null;
    const isConstant = groups['text'] !== undefined || groups['number'] !== undefined;
    if (!isConstant && groups['parameter'] === undefined) tokens.push({ sign: text, value: null });
    // A quoted parameter is one that code puts in between quotes.
    else tokens.push({ sign: '?', value: isConstant && !insertedText.test(text) ? text : null });
    if (text === ')') closeList(tokens);
  }
  if (tokens.length < fewestTokens) return null;
  return {
    key: tokens.map(({ sign }) => sign).join(' '),
    values: tokens.flatMap(({ sign, value }) => (sign === '?' ? [value] : [])),
  };
}

interface Token {
  readonly sign: string;
  readonly value: string | null;
}

/** Makes one of several values in parentheses, and of several lists one after the other; which values is no matter then. */
function closeList(tokens: Token[]): void {
  let open = tokens.length - 2;
  while (tokens[open]?.sign === '?' && tokens[open - 1]?.sign === ',') open -= 2;
  if (tokens[open]?.sign !== '?' || tokens[open - 1]?.sign !== '(') return;
  const list = ['(', '?', ')'].map((sign) => ({ sign, value: null }));
  if (tokens.length - open > 2) tokens.splice(open - 1, tokens.length, ...list);
  const [, ...before] = tokens.slice(-7).map(({ sign }) => sign);
  if (before.join(' ') === '? ) , ( ? )' && tokens.at(-7)?.sign === '(') tokens.splice(-7, 7, ...list);
}

/** Shorter texts, such as `SELECT 1`, are in too many places. */
const fewestTokens = 4;

const insertedText = new RegExp(`^'[^']*(?:${insertion}|%s|\\{\\w*\\})[^']*'$`, 'u');

/**
 * Whether a text that was captured may have been sent by a literal: where both have constants they are the same. A capture
 * may have parameters for them.
 */
export function mayBe(captured: SqlKey, literal: SqlKey): boolean {
  if (captured.values.length !== literal.values.length) return literal.values.every((each) => each === null);
  return literal.values.every((value, index) => {
    const sent = captured.values[index] ?? null;
    return value === null || sent === null || value === sent;
  });
}
