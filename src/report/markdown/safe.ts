declare const safe: unique symbol;

/**
 * Markdown that is known to show what it says and nothing else. SQL, identifiers, file names, plans and error
 * messages come from people we may not trust; templates take them only through the functions of this file.
 */
export type Safe = string & { readonly [safe]: true };

/** Trusts a text. Private to this file: everything else is escaped into being trusted. */
function trust(text: string): Safe {
  return text as Safe;
}

/** Builds Markdown from literal parts, which are ours, and from parts that are safe already. */
export function md(literals: TemplateStringsArray, ...parts: readonly Safe[]): Safe {
  return trust(literals.reduce((text, literal, index) => `${text}${literal}${parts[index] ?? ''}`, ''));
}

export function join(parts: readonly Safe[], separator = ''): Safe {
  return trust(parts.join(separator));
}

/** Characters that show as nothing or turn text around: controls, zero-width and bidirectional ones. */
const invisible =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/gu;

/** Text in which such characters are written as their numbers. */
export function visible(text: string): string {
  return text.replaceAll(invisible, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `\\u${code.toString(16).padStart(4, '0')}`;
  });
}

/**
 * Marks that Markdown, HTML, autolinks, emoji codes, mathematics, mentions or references read as more than
 * themselves, where they do: entities in their place are not read so. The rest stays legible in the source.
 */
const marks = [
  /[&<>\\`*[\]|~$@#]/, // everywhere
  /(?<![a-z0-9])_|_(?![a-z0-9])/, // emphasis, but not inside a word
  /:(?=\/\/|[a-z])/, // http://, :emoji:
  /(?<=(?<![a-z0-9])www)\./, // an underscore before it does not keep it from being a link
  /(?<=^\s*)[-+=]|(?<=^\s*\d+)[.)]/, // lists and underlined headings, at the start
]
  .map(({ source }) => source)
  .join('|');

function escaped(value: string): string {
  return visible(value)
    .replaceAll(/\s+/g, ' ')
    .replaceAll(new RegExp(marks, 'gi'), (character) => `&#${character.charCodeAt(0)};`);
}

/** Plain text in one line: no Markdown, no HTML, no link, no mention, no reference to an issue. */
export function text(value: string): Safe {
  // GitHub looks for mentions and references after it has decoded entities, so they are parted from what follows.
  return trust(escaped(value).replaceAll(/&#(?:64|35);|\bGH-(?=\d)/gi, '$&&#8203;'));
}

/** Inline code; by HTML, so that no backtick in it can end it, and so that it may stand in a table. */
export function code(value: string): Safe {
  return trust(`<code>${escaped(value)}</code>`);
}

/** A block of code, fenced by more backticks than it holds in a row. */
export function fence(value: string, language: 'sql' | 'text' | 'suggestion' | 'mermaid'): Safe {
  const longest = Math.max(2, ...[...value.matchAll(/`+/g)].map(([run]) => run.length));
  const marks = '`'.repeat(longest + 1);
  const lines = visible(value.replaceAll(/\r\n?/g, '\n').replaceAll('\t', '  '));
  return trust(`${marks}${language}\n${lines}\n${marks}`);
}

/** A sentence in which names and code stand between backticks. */
export function sentence(value: string): Safe {
  return join(value.split('`').map((part, index) => (index % 2 === 1 ? code(part) : text(part))));
}

/** A number, or a text made by our own formatting of numbers. */
export function figure(value: number | string): Safe {
  return text(String(value));
}

/**
 * A link to a page whose address we made ourselves; what Markdown would read in it is percent-encoded. By HTML,
 * since Markdown is not read in the line of a summary.
 */
export function link(label: Safe, url: string | null): Safe {
  if (url === null) return label;
  const address = new URL(url).href
    .replaceAll(/[()<>[\]\\|`"]/g, (each) => `%${each.charCodeAt(0).toString(16)}`)
    .replaceAll('&', '&amp;');
  return trust(`<a href="${address}">${label}</a>`);
}

/** A hidden remark that only machines read: letters, digits and a few marks, so that it cannot end early. */
export function marker(value: string): Safe {
  if (!/^[\w .:=/@-]*$/.test(value) || value.includes('--')) throw new Error(`no marker: ${value}`);
  return trust(`<!-- ${value} -->`);
}
