/** From and to, in UTF-16 units; `to` is not part of it. */
export type Range = readonly [from: number, to: number];

/** White space of the same length and with the same line breaks. */
export function blank(text: string): string {
  return text.replace(/[^\r\n]/g, ' ');
}

/** A shorter text in place of another, filled up to its length and its number of lines. */
export function instead(of: string, text: string): string {
  const breaks = of.replace(/[^\n\r]/g, '');
  return text + ' '.repeat(of.length - text.length - breaks.length) + breaks;
}

/** The text with everything outside of some ranges blanked out. Ranges are in order and do not overlap. */
export function keep(text: string, ranges: readonly Range[]): string {
  let at = 0;
  let kept = '';
  for (const [from, to] of ranges) {
    kept += blank(text.slice(at, from)) + text.slice(from, to);
    at = to;
  }
  return kept + blank(text.slice(at));
}

/**
 * Comments, string constants with and without escapes, quoted identifiers and dollar quotes (PostgreSQL
 * documentation, "Lexical Structure"). What is not closed reaches to the end.
 */
const quoted = new RegExp(
  [
    String.raw`--[^\n]*`,
    String.raw`\/\*`,
    String.raw`(?<![\w$])[eE]'[^'\\]*(?:(?:\\[\s\S]|'')[^'\\]*)*(?:'|$)`,
    "'[^']*(?:''[^']*)*(?:'|$)",
    '"[^"]*(?:""[^"]*)*(?:"|$)',
    String.raw`(?<![\w$])\$(?<tag>(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?)\$[\s\S]*?(?:\$\k<tag>\$|$)`,
  ].join('|'),
  'g',
);

/** The text with everything blanked out that is a comment or stands in quotes of any kind. */
export function blankQuoted(text: string): string {
  const parts: string[] = [];
  let at = 0;
  quoted.lastIndex = 0;
  for (let match = quoted.exec(text); match !== null; match = quoted.exec(text)) {
    const end = match[0] === '/*' ? endOfComment(text, match.index) : quoted.lastIndex;
    parts.push(text.slice(at, match.index), blank(text.slice(match.index, end)));
    at = end;
    quoted.lastIndex = end;
  }
  return parts.join('') + text.slice(at);
}

/** Comments of `/*` nest. */
function endOfComment(text: string, start: number): number {
  const delimiter = /\/\*|\*\//g;
  delimiter.lastIndex = start;
  let depth = 0;
  for (let match = delimiter.exec(text); match !== null; match = delimiter.exec(text)) {
    depth += match[0] === '/*' ? 1 : -1;
    if (depth === 0) return delimiter.lastIndex;
  }
  return text.length;
}
