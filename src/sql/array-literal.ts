/**
 * The elements of a one-dimensional array in text form: `{a,"b c",NULL}`, with its bounds before it or without
 * (PostgreSQL documentation, "Array Input and Output Syntax"). Null where the text is no such array.
 *
 * @param delimiter between elements: `typdelim` of their type, a comma for all of PostgreSQL's own but `box`
 */
export function parseArray(text: string, delimiter = ','): readonly (string | null)[] | null {
  const [bounds = ''] = /^\s*(?:\[[-+\d]+(?::[-+\d]+)?\]\s*=\s*)?/.exec(text) ?? [];
  const body = text.slice(bounds.length).trimEnd();
  if (!body.startsWith('{') || !body.endsWith('}') || body.length < 2) return null;
  return elementsOf(body, delimiter);
}

/** White space as `array_isspace` has it. */
const blank = /[ \t\n\r\v\f]/;

function elementsOf(body: string, delimiter: string): readonly (string | null)[] | null {
  const last = body.length - 1;
  const elements: (string | null)[] = [];
  let at = skipBlanks(body, 1);
  if (at === last) return elements;
  for (;;) {
    const element = body[at] === '"' ? quoted(body, at) : bare(body, at, delimiter);
    if (element === null) return null;
    elements.push(element.value);
    at = skipBlanks(body, element.end);
    if (at === last) return elements;
    if (body[at] !== delimiter || at > last) return null;
    at = skipBlanks(body, at + 1);
  }
}

function skipBlanks(text: string, start: number): number {
  let at = start;
  while (at < text.length && blank.test(text.charAt(at))) at += 1;
  return at;
}

interface Element {
  readonly value: string | null;
  /** Offset of what follows it. */
  readonly end: number;
}

function quoted(text: string, start: number): Element | null {
  const pieces: string[] = [];
  let from = start + 1;
  for (let at = from; at < text.length; at += 1) {
    const character = text[at];
    if (character !== '"' && character !== '\\') continue;
    pieces.push(text.slice(from, at));
    if (character === '"') return { value: pieces.join(''), end: at + 1 };
    // What follows a backslash stands for itself, whatever it is.
    at += 1;
    from = at;
  }
  return null;
}

function bare(text: string, start: number, delimiter: string): Element | null {
  let value = '';
  let hasEscape = false;
  // White space at the end is none of the element, unless it is escaped.
  let meant = 0;
  for (let at = start; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === delimiter || character === '}') {
      const word = value.slice(0, meant);
      if (word === '') return null;
      return { value: !hasEscape && word.toUpperCase() === 'NULL' ? null : word, end: at };
    }
    if (character === '"' || character === '{') return null;
    if (character === '\\') {
      hasEscape = true;
      at += 1;
      if (at >= text.length) return null;
    }
    value += text.charAt(at);
    if (character === '\\' || !blank.test(character)) meant = value.length;
  }
  return null;
}

/** The text form of a one-dimensional array; every element is quoted, which PostgreSQL reads back as it is. */
export function formatArray(elements: readonly (string | null)[], delimiter = ','): string {
  const texts = elements.map((each) =>
    each === null ? 'NULL' : `"${each.replaceAll(/["\\]/g, (character) => `\\${character}`)}"`,
  );
  return `{${texts.join(delimiter)}}`;
}
