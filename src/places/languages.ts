/** How a language writes texts, as far as it matters for SQL in them. */
export interface Language {
  /** Where a comment begins that ends with its line. */
  readonly lineComments: readonly string[];
  readonly hasBlockComments: boolean;
  /** What encloses texts, longer ones first; texts in three signs may go over several lines. */
  readonly quotes: readonly Quote[];
  /** `<<~SQL` and `<<<SQL`. */
  readonly hasHeredocs: boolean;
  /** What encloses expressions inside of texts, in which there may be texts and braces again; or null. */
  readonly braces: '${' | '#{' | null;
  /** Other expressions inside of texts. */
  readonly insertions: RegExp | null;
  /** What stands before a text in which there may be such, where that is not any text. */
  readonly insertionMark: RegExp;
  /** What is between two texts that are one, if not a sign. */
  readonly neighbours: RegExp;
  /** The sign that puts texts together. */
  readonly sign: '+' | '.';
}

/** What encloses a text. */
export interface Quote {
  readonly open: string;
  readonly close: string;
  readonly isRaw: boolean;
  readonly mayBreak: boolean;
}

const quote = (open: string, parts: Partial<Quote> = {}): Quote => ({
  open,
  close: open,
  isRaw: false,
  mayBreak: false,
  ...parts,
});

const double = quote('"');
const single = quote("'");
const block = quote('"""', { mayBreak: true });
const never = /(?!)/;
const anywhere = /(?:)/;

const slashes = {
  lineComments: ['//'],
  hasBlockComments: true,
  hasHeredocs: false,
  braces: null,
  insertionMark: anywhere,
  neighbours: never,
  sign: '+',
} as const;

const javascript: Language = {
  ...slashes,
  quotes: [quote('`', { mayBreak: true }), double, single],
  insertions: null,
  braces: '${',
};

const python: Language = {
  braces: null,
  lineComments: ['#'],
  hasBlockComments: false,
  hasHeredocs: false,
  quotes: [block, quote("'''", { mayBreak: true }), double, single],
  insertions: /\{[^{}]+\}/g,
  insertionMark: /\b[rR]?[fF][rR]?$/,
  neighbours: /^[\s\\]*[rfbuRFBU]{0,2}$/,
  sign: '+',
};

const ruby: Language = {
  lineComments: ['#'],
  hasBlockComments: false,
  hasHeredocs: true,
  quotes: [quote('"', { mayBreak: true }), quote("'", { mayBreak: true })],
  insertions: null,
  braces: '#{',
  insertionMark: anywhere,
  neighbours: /^\s*(?:\\|<<)\s*$/,
  sign: '+',
};

const php: Language = {
  braces: null,
  lineComments: ['//', '#'],
  hasBlockComments: true,
  hasHeredocs: true,
  quotes: [quote('"', { mayBreak: true }), quote("'", { mayBreak: true })],
  insertions: /\{\$[^{}]*\}|\$[A-Za-z_]\w*(?:->\w+|\[[^\]]*\])?/g,
  insertionMark: anywhere,
  neighbours: never,
  sign: '.',
};

const java: Language = { ...slashes, quotes: [block, double], insertions: null };

const kotlin: Language = { ...java, insertions: /\$[A-Za-z_]\w*/g, braces: '${' };

const csharp: Language = {
  ...slashes,
  quotes: [
    block,
    quote('@"', { close: '"', isRaw: true, mayBreak: true }),
    quote('$@"', { close: '"', isRaw: true, mayBreak: true }),
    double,
  ],
  insertions: /\{[^{}]+\}/g,
  insertionMark: /\$@?$/,
};

const go: Language = {
  ...slashes,
  quotes: [quote('`', { isRaw: true, mayBreak: true }), double],
  insertions: null,
};

const rust: Language = {
  ...slashes,
  quotes: [
    quote('r##"', { close: '"##', isRaw: true, mayBreak: true }),
    quote('r#"', { close: '"#', isRaw: true, mayBreak: true }),
    quote('r"', { close: '"', isRaw: true, mayBreak: true }),
    quote('"', { mayBreak: true }),
  ],
  insertions: null,
};

const byExtension: Readonly<Record<string, Language>> = {
  js: javascript,
  cjs: javascript,
  mjs: javascript,
  jsx: javascript,
  ts: javascript,
  cts: javascript,
  mts: javascript,
  tsx: javascript,
  vue: javascript,
  svelte: javascript,
  py: python,
  rb: ruby,
  rake: ruby,
  php: php,
  java: java,
  kt: kotlin,
  scala: kotlin,
  groovy: kotlin,
  cs: csharp,
  go: go,
  rs: rust,
};

/** Null for files that are written in no language with SQL in texts, or that somebody else wrote. */
export function languageOf(path: string): Language | null {
  const [, extension = ''] = /\.(\w+)$/.exec(path) ?? [];
  return byExtension[extension] ?? null;
}
