import type { Language, Quote } from './languages.ts';
import { insertion } from './sql-key.ts';

/** A text in source code, as it is when it runs, with a sign where something is put in. */
export interface Literal {
  readonly text: string;
  /** Where its first character that is no white space stands, from 1. */
  readonly line: number;
}

/** A literal with where its quotes are. */
interface Found {
  /** As it is when it runs. */
  readonly text: () => string;
  /** Of its contents. */
  readonly offset: number;
  readonly start: number;
  readonly end: number;
}

/** Where a statement of SQL begins. */
const beginning = /^(?:\s|\\[ntr])*(?:\(\s*)?(?:SELECT|INSERT|UPDATE|DELETE|WITH|MERGE)\b/i;

/**
 * Texts in source code that begin as SQL does, each with those that it is put together with. What is put together with something
 * that is not known is left out.
 */
export function sqlLiterals(source: string, language: Language): readonly Literal[] {
  const found = literalsIn(source, language);
  const lineOf = lineCounter(source);
  const literals: Literal[] = [];
  for (const [index, { offset }] of found.entries()) {
    const [before] = beginning.exec(source.slice(offset, offset + longestBeginning)) ?? [];
    if (before === undefined) continue;
    const { text, isWhole } = joined(source, found, index, language);
    if (isWhole) literals.push({ text, line: lineOf(offset + before.search(/\S/)) });
  }
  return literals;
}

/** A text and those that are added to it, with a sign for each expression between two of them. */
function joined(source: string, found: readonly Found[], from: number, language: Language) {
  const { neighbours } = language;
  const sign = signs[language.sign];
  const start = found[from]?.start ?? 0;
  const before = source.slice(Math.max(0, start - longestJoint, found[from - 1]?.end ?? 0), start);
  const isNeighbour = from > 0 && neighbours.test(before);
  let text = found[from]?.text() ?? '';
  let last = from;
  for (;;) {
    const [one, next] = [found[last], found[last + 1]];
    const end = one?.end ?? source.length;
    if (next === undefined || next.start - end > longestJoint) break;
    const between = withoutComments(source.slice(end, next.start), language);
    if (neighbours.test(between) || sign.alone.test(between)) text += next.text();
    else if (sign.aroundExpression.test(between)) text += `${insertion}${next.text()}`;
    else break;
    last += 1;
  }
  const end = found[last]?.end ?? source.length;
  const after = withoutComments(source.slice(end, end + longestJoint), language);
  return { text, isWhole: !sign.after.test(after) && !sign.before.test(before) && !isNeighbour };
}

const longestJoint = 200;

/** White space before a statement, and its first word. */
const longestBeginning = 200;

function withoutComments(code: string, { lineComments, hasBlockComments }: Language): string {
  const bare = hasBlockComments ? code.replaceAll(/\/\*[\s\S]*?\*\//g, '') : code;
  return lineComments.reduce((rest, sign) => rest.replaceAll(new RegExp(`${sign}[^\\n]*`, 'g'), ''), bare);
}

/** Of each sign: by itself; `+ id +`; with something that is no text, which follows or comes before. */
const signs = {
  '+': {
    alone: /^\s*\+\s*$/,
    aroundExpression: /^\s*\+\s*[$\w.[\]>-]+(?:\([\w., ]*\))?\s*\+\s*$/,
    after: /^\s*\+/,
    before: /\+=?\s*$/,
  },
  '.': {
    alone: /^\s*\.\s*$/,
    aroundExpression: /^\s*\.\s*[$\w[\]>-]+(?:\([\w$, ]*\))?\s*\.\s*$/,
    after: /^\s*\./,
    before: /\.=?\s*$/,
  },
} as const;

function literalsIn(source: string, language: Language): readonly Found[] {
  const found: Found[] = [];
  const openers = openersOf(language);
  openers.lastIndex = 0;
  for (let match = openers.exec(source); match !== null; match = openers.exec(source)) {
    const at = match.index;
    const skipped = commentEnd(source, at, language);
    const literal = skipped === null ? literalAt(source, at, language) : null;
    if (literal !== null) found.push(literal);
    openers.lastIndex = skipped ?? literal?.end ?? at + match[0].length;
  }
  return found;
}

/** A letter between single quotes, where they enclose no texts. */
const letter = String.raw`'(?:\\.|[^'\\\n])'`;

/** What may begin a text or a comment. */
function openersOf({ quotes, lineComments, hasBlockComments, hasHeredocs }: Language): RegExp {
  const signs = [
    ...quotes.map(({ open }) => open),
    ...lineComments,
    ...(hasBlockComments ? ['/*'] : []),
    ...(hasHeredocs ? ['<<'] : []),
  ].map(escaped);
  const hasLetters = !quotes.some(({ open }) => open === "'");
  return new RegExp([...(hasLetters ? [letter] : []), ...signs].join('|'), 'g');
}

function literalAt(source: string, at: number, language: Language): Found | null {
  return heredocAt(source, at, language) ?? quotedAt(source, at, language);
}

function commentEnd(source: string, at: number, { lineComments, hasBlockComments }: Language): number | null {
  if (hasBlockComments && source.startsWith('/*', at)) return endOf(source, '*/', at + 2, 2);
  if (lineComments.some((each) => source.startsWith(each, at))) return endOf(source, '\n', at, 0);
  return null;
}

/** The end of what a sign closes; that of the source where it does not. */
function endOf(source: string, sign: string, from: number, length: number): number {
  const end = source.indexOf(sign, from);
  return end === -1 ? source.length : end + length;
}

function quotedAt(source: string, at: number, language: Language): Found | null {
  const quote = language.quotes.find(({ open }) => source.startsWith(open, at));
  if (quote === undefined) return null;
  const offset = at + quote.open.length;
  const signs = signsWithin(quote, language);
  signs.lastIndex = offset;
  for (let match = signs.exec(source); match !== null; match = signs.exec(source)) {
    const [sign] = match;
    if (sign === quote.close) {
      const end = match.index;
      const mark = source.slice(Math.max(0, at - 3), at) + quote.open.replace(/["'`]+$/, '');
      const text = () => {
        const inserted = language.insertionMark.test(mark) ? language : nothingInserted;
        return asRun(source.slice(offset, end), quote.isRaw, inserted);
      };
      return { text, offset, start: at, end: end + sign.length };
    }
    if (sign === '\n') return null;
    if (sign === language.braces) signs.lastIndex = closingBrace(source, match.index + 1) + 1;
  }
  return null;
}

const madeSigns = new Map<string, RegExp>();

/** What matters within quotes: what closes them, what takes the meaning from a sign, and expressions. */
function signsWithin(quote: Quote, language: Language): RegExp {
  const key = `${quote.open} ${quote.isRaw} ${quote.mayBreak} ${language.braces}`;
  const made = madeSigns.get(key) ?? makeSigns(quote, language);
  madeSigns.set(key, made);
  return made;
}

function makeSigns(quote: Quote, { braces }: Language): RegExp {
  const signs = [
    ...(quote.isRaw ? [] : [String.raw`\\[\s\S]`]),
    ...(braces === null ? [] : [escaped(braces)]),
    escaped(quote.close),
    ...(quote.mayBreak ? [] : [String.raw`\n`]),
  ];
  return new RegExp(signs.join('|'), 'g');
}

function escaped(text: string): string {
  return text.replaceAll(/[$*/{]/g, '\\$&');
}

function closingBrace(source: string, open: number): number {
  let depth = 0;
  for (let at = open; at < source.length; at += 1) {
    if (source.charAt(at) === '{') depth += 1;
    else if (source.charAt(at) === '}') depth -= 1;
    if (depth === 0) return at;
  }
  return source.length;
}

const heredoc = /<<<?[~-]?(["']?)([A-Z_][A-Z0-9_]*)\1[^\n]*\n/y;

function heredocAt(source: string, at: number, language: Language): Found | null {
  if (!language.hasHeredocs || !source.startsWith('<<', at)) return null;
  heredoc.lastIndex = at;
  const [whole, , name] = heredoc.exec(source) ?? [];
  if (whole === undefined || name === undefined) return null;
  const offset = at + whole.length;
  const close = new RegExp(`^[ \\t]*${name}\\b`, 'm').exec(source.slice(offset));
  if (close === null) return null;
  const end = offset + close.index;
  return {
    text: () => asRun(source.slice(offset, end), false, language),
    offset,
    start: at,
    end: end + close[0].length,
  };
}

/** What stands in the source as it is when it runs. */
function asRun(
  text: string,
  isRaw: boolean,
  { braces, insertions }: Pick<Language, 'braces' | 'insertions'>,
): string {
  const bare = braces === null ? text : withoutBraces(text, braces);
  const inserted = insertions === null ? bare : bare.replaceAll(insertions, insertion);
  if (isRaw) return inserted;
  return inserted.replaceAll(/\\([ntr]|\r?\n|.)/g, (_, sign: string) =>
    /^[ntr\r\n]/.test(sign) ? ' ' : sign,
  );
}

const nothingInserted = { braces: null, insertions: null } as const;

function withoutBraces(text: string, braces: string): string {
  let bare = '';
  let from = 0;
  for (let at = text.indexOf(braces); at !== -1; at = text.indexOf(braces, from)) {
    bare += text.slice(from, at) + insertion;
    from = closingBrace(text, at + 1) + 1;
  }
  return bare + text.slice(from);
}

/** Lines by offset; offsets are asked for in ascending order. */
function lineCounter(source: string): (offset: number) => number {
  let line = 1;
  let at = 0;
  return (offset) => {
    for (let next = source.indexOf('\n', at); next !== -1 && next < offset; next = source.indexOf('\n', at)) {
      line += 1;
      at = next + 1;
    }
    return line;
  };
}
