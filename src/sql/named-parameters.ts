/**
 * How a text names its parameters: `:id` as in aiosql and pgtyped, `@id` and `sqlc.arg(id)` as in sqlc, `@p0` as in .NET,
 * `%(id)s` as in Python; or `?`, as in JDBC, where each is another. `$1` is PostgreSQL's own.
 */
export type ParameterStyle = 'colon' | 'sqlc' | 'at' | 'percent' | 'question mark' | 'dollar';

/** A text with `$1`, `$2` ... in the place of names; line breaks are where they were. */
export interface Numbered {
  readonly sql: string;
  /** Names, in the order of their numbers. */
  readonly names: readonly string[];
}

/** Parameters of each style. Operators of jsonb that begin with `?` are none, and `??` stands for one in JDBC. */
const forms: Readonly<Record<ParameterStyle, readonly string[]>> = {
  colon: [String.raw`(?<![\w\])"]):(?<colon>[A-Za-z_]\w*)!?`],
  sqlc: [
    String.raw`(?<![\w<>=@#~&|^%!?*/+-])@(?<at>[A-Za-z_]\w*)`,
    String.raw`\bsqlc\.n?(?:arg|slice)\(\s*'?(?<call>[A-Za-z_]\w*)'?\s*\)`,
  ],
  at: [String.raw`(?<![\w<>=@#~&|^%!?*/+-])@(?<at>[A-Za-z_]\w*)`],
  percent: [String.raw`%\((?<percent>\w+)\)s`],
  'question mark': [String.raw`\?[?|&]|(?<mark>\?)`],
  dollar: [String.raw`\$(?<dollar>\d+)`],
};

/**
 * Strings, quoted names, comments and dollar-quoted texts, in which nothing is a parameter; then `::` and `:=`, which are
 * none either; then what is one.
 */
const parts = (style: ParameterStyle) =>
  new RegExp(
    [
      String.raw`[eE]'(?:[^'\\]|\\.|'')*'`,
      `'(?:[^']|'')*'`,
      `"(?:[^"]|"")*"`,
      String.raw`--[^\n]*`,
      String.raw`/\*(?:.|\n)*?\*/`,
      String.raw`\$([A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*|)\$(?:.|\n)*?\$\1\$`,
      '::|:=',
      ...forms[style],
    ].join('|'),
    'gu',
  );

/** Replaces the names of parameters by numbers; the same name has one number. */
export function numberParameters(sql: string, style: ParameterStyle): Numbered {
  const names: string[] = [];
  const text = replaceParameters(sql, style, (name) => {
    const known = style === 'question mark' ? -1 : names.indexOf(name);
    const number = known === -1 ? names.push(name) : known + 1;
    // A list in the place of a value is sent as one array, which `= ANY` takes.
    return `$${number}`;
  });
  return { sql: text, names };
}

/** Puts something else in the place of each parameter. */
export function replaceParameters(
  sql: string,
  style: ParameterStyle,
  replacement: (name: string) => string,
): string {
  return sql.replaceAll(parts(style), (whole: string, ...rest: readonly unknown[]) => {
    const name = nameIn(rest.at(-1));
    return name === null ? whole : replacement(name);
  });
}

function nameIn(groups: unknown): string | null {
  if (typeof groups !== 'object' || groups === null) return null;
  const found: unknown = Object.values(groups).find((each) => typeof each === 'string');
  return typeof found === 'string' ? found : null;
}
