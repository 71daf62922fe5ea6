/**
 * The n-th text that matches a simple pattern, written as a regular expression of PostgreSQL: literals, classes,
 * groups, alternatives and quantifiers. Null where it holds more than that. What comes out is a candidate: the
 * server decides whether it matches.
 */
export function matching(pattern: string, n: number): string | null {
  const reader = new PatternReader(pattern, n);
  return reader.read();
}

/** A text that matches a pattern of LIKE. */
export function likePattern(pattern: string, n: number): string {
  return pattern.replaceAll(/\\(.)|[%_]/g, (_, escaped?: string) => escaped ?? String(n % 10));
}

/** Longest text that is made, whatever a pattern asks for. */
const longest = 10_000;

const lower = 'abcdefghijklmnopqrstuvwxyz';
const digits = '0123456789';
const letters = `${lower}${lower.toUpperCase()}`;

const shorthands: Readonly<Record<string, string>> = {
  d: digits,
  w: `${lower}${digits}`,
  s: ' ',
  D: lower,
  W: '-',
  S: lower,
};

/** Classes such as `[:alpha:]`, which only stand within brackets. */
const named: Readonly<Record<string, string>> = {
  alpha: letters,
  digit: digits,
  alnum: `${letters}${digits}`,
  lower,
  upper: lower.toUpperCase(),
  space: ' ',
  xdigit: 'abcdef0123456789',
};

class PatternReader {
  readonly #pattern: string;
  readonly #n: number;
  #at = 0;

  constructor(pattern: string, n: number) {
    this.#pattern = pattern;
    this.#n = n;
  }

  read(): string | null {
    const text = this.#alternatives();
    return this.#at === this.#pattern.length ? text : null;
  }

  #next(): string {
    return this.#pattern.charAt(this.#at);
  }

  #take(text: string): boolean {
    if (!this.#pattern.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  #alternatives(): string | null {
    const choices = [this.#sequence()];
    while (this.#take('|')) choices.push(this.#sequence());
    if (choices.includes(null)) return null;
    return choices[this.#n % choices.length] ?? null;
  }

  #sequence(): string | null {
    let text = '';
    while (this.#at < this.#pattern.length && this.#next() !== '|' && this.#next() !== ')') {
      const piece = this.#quantified();
      if (piece === null) return null;
      text += piece;
    }
    return text;
  }

  #quantified(): string | null {
    const atom = this.#atom();
    if (atom === null) return null;
    if (this.#take('*') || this.#take('?')) return '';
    if (this.#take('+')) return atom;
    const bounds = /^\{(\d+)(?:,\d*)?\}/.exec(this.#pattern.slice(this.#at));
    if (bounds === null) return this.#next() === '{' ? null : atom;
    this.#at += bounds[0].length;
    const times = Number(bounds[1]);
    return atom.length * times > longest ? null : atom.repeat(times);
  }

  #atom(): string | null {
    if (this.#take('^') || this.#take('$')) return '';
    if (this.#take('(?:') || this.#take('(')) {
      if (this.#next() === '?') return null;
      const inside = this.#alternatives();
      return this.#take(')') ? inside : null;
    }
    if (this.#take('[')) return this.#oneOf(this.#bracket());
    const letter = this.#next();
    this.#at += 1;
    if (letter === '.') return this.#oneOf(lower);
    if (letter === '\\') {
      const escaped = this.#next();
      this.#at += 1;
      return escaped in shorthands ? this.#oneOf(shorthands[escaped] ?? '') : escaped;
    }
    return '*+?{'.includes(letter) ? null : letter;
  }

  #oneOf(characters: string | null): string | null {
    return characters === null || characters === '' ? null : characters.charAt(this.#n % characters.length);
  }

  #bracket(): string | null {
    const negated = this.#take('^');
    let characters = this.#take(']') ? ']' : '';
    while (!this.#take(']')) {
      if (this.#at >= this.#pattern.length) return null;
      characters += this.#bracketPart();
    }
    if (!negated) return characters;
    return [...`${letters}${digits}-. `].filter((each) => !characters.includes(each)).join('');
  }

  #bracketPart(): string {
    const rest = this.#pattern.slice(this.#at);
    const [whole = '', name, escaped, from, to] = /^(?:\[:(\w+):\]|\\(.)|(.)-([^\]])|.)/su.exec(rest) ?? [];
    this.#at += whole.length;
    if (name !== undefined) return named[name] ?? '';
    if (escaped !== undefined) return shorthands[escaped] ?? escaped;
    if (from === undefined || to === undefined) return whole;
    const first = from.charCodeAt(0);
    const count = Math.max(0, to.charCodeAt(0) - first + 1);
    return String.fromCharCode(...Array.from({ length: Math.min(count, 128) }, (_, index) => first + index));
  }
}
