/** Said of what is printed in a way that does not tell the value, such as `<memory at 0x7f>`. */
export const unknownValue: unique symbol = Symbol('unknown');

/**
 * Reads a value as languages print it for people: Python (repr), Ruby (inspect) and Node.js (util.inspect). Points in time
 * and decimals become texts as PostgreSQL reads them, bytes its hexadecimal form; tuples and sets are lists.
 *
 * @returns {@link unknownValue} where it, or anything in it, cannot be told; for text that is no value too.
 */
export function readLiteral(text: string): unknown {
  const reader = new LiteralReader(text);
  const value = reader.value();
  return reader.isAtEnd() ? value : unknownValue;
}

const words: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['None', null],
  ['nil', null],
  ['null', null],
  ['undefined', null],
  ['True', true],
  ['true', true],
  ['False', false],
  ['false', false],
]);

const closing: ReadonlyMap<string, string> = new Map([
  ['[', ']'],
  ['(', ')'],
  ['{', '}'],
]);

const escapes: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['t', '\t'],
  ['r', '\r'],
  ['b', '\b'],
  ['f', '\f'],
  ['v', '\v'],
  ['a', '\u0007'],
  ['e', '\u001b'],
  ['0', '\0'],
]);

const forms = {
  space: /\s+/y,
  time: /\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z| ?[+-]\d\d:?\d\d| UTC)?)?/y,
  number: /-?(?:\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+)n?/y,
  text: /([bBuUrR]{0,2})('(?:[^'\\]|\\[\s\S])*'|"(?:[^"\\]|\\[\s\S])*"|`(?:[^`\\]|\\[\s\S])*`)/y,
  nodeBytes: /<Buffer((?: [0-9a-f]{2})*)>/y,
  name: /:?[A-Za-z_][\w.]*/y,
  plus: /\s*\+\s*(?=['"`])/y,
  arrow: /\s*(?:=>|:|=)\s*/y,
} as const;

/** Values within values; what is deeper is none that an application sends. */
const deepest = 100;

class LiteralReader {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  isAtEnd(): boolean {
    this.#take('space');
    return this.#at === this.#text.length;
  }

  value(): unknown {
    this.#take('space');
    const opening = this.#text[this.#at] ?? '';
    const end = closing.get(opening);
    if (end !== undefined) return this.#items(opening, end);
    const [bytes, hexadecimal] = this.#take('nodeBytes') ?? [];
    if (bytes !== undefined) return `\\x${(hexadecimal ?? '').replaceAll(' ', '')}`;
    const [text, prefix = '', quoted = ''] = this.#take('text') ?? [];
    if (text !== undefined && /b/i.test(prefix)) return bytesIn(quoted);
    if (text !== undefined) return this.#joined(unescaped(quoted, /r/i.test(prefix)));
    const [time] = this.#take('time') ?? [];
    if (time !== undefined) return time;
    const [number] = this.#take('number') ?? [];
    if (number !== undefined) return asNumber(number);
    const [name] = this.#take('name') ?? [];
    if (name === undefined) return unknownValue;
    if (words.has(name)) return words.get(name);
    if (/\butc$/i.test(name)) return 'UTC';
    return this.#text[this.#at] === '(' ? called(name, this.#items('(', ')')) : unknownValue;
  }

  /** A list, or an object where its items have names. */
  #items(opening: string, end: string): unknown {
    this.#at += opening.length;
    this.#depth += 1;
    if (this.#depth > deepest) return this.#nothing();
    const list: unknown[] = [];
    const named: [string, unknown][] = [];
    for (;;) {
      this.#take('space');
      if (this.#text.startsWith(end, this.#at)) break;
      const start = this.#at;
      const name = this.#key();
      if (name === null) this.#at = start;
      const item = this.value();
      if (item === unknownValue) return this.#nothing();
      if (name === null) list.push(item);
      else named.push([name, item]);
      this.#take('space');
      if (this.#text[this.#at] === ',') this.#at += 1;
      else if (!this.#text.startsWith(end, this.#at)) return this.#nothing();
    }
    this.#at += end.length;
    this.#depth -= 1;
    if (opening === '{') return Object.fromEntries(named);
    return opening === '(' && named.length > 0 ? { list, ...Object.fromEntries(named) } : list;
  }

  /** Node.js prints a text of several lines as several, with plus signs between. */
  #joined(first: string): string {
    let text = first;
    while (this.#take('plus') !== null) {
      const [, , quoted] = this.#take('text') ?? [];
      if (quoted === undefined) break;
      text += unescaped(quoted, false);
    }
    return text;
  }

  #key(): string | null {
    const [text, , quoted] = this.#take('text') ?? [];
    const [name] = text === undefined ? (this.#take('name') ?? []) : [];
    if (this.#take('arrow') === null) return null;
    return quoted === undefined ? (name?.replace(/^:/, '') ?? null) : unescaped(quoted, false);
  }

  #nothing(): typeof unknownValue {
    this.#at = this.#text.length;
    return unknownValue;
  }

  #take(form: keyof typeof forms): RegExpExecArray | null {
    const expression = forms[form];
    expression.lastIndex = this.#at;
    const match = expression.exec(this.#text);
    if (match !== null) this.#at = expression.lastIndex;
    return match;
  }
}

/** What some constructors stand for: `datetime.datetime(2026, 11, 20, ...)`, `Decimal('1.5')`, `UUID('...')`. */
function called(name: string, items: unknown): unknown {
  const list = Array.isArray(items) ? items : listIn(items);
  const [first] = list;
  switch (name.split('.').at(-1)) {
    case 'Decimal':
    case 'UUID':
    case 'Jsonb':
    case 'Json':
      return typeof first === 'string' ? first : unknownValue;
    case 'date':
    case 'datetime':
      return pointInTime(list.map(Number), items);
    case 'memoryview':
    case 'bytearray':
    case 'bytes':
      return first ?? unknownValue;
    default:
      return unknownValue;
  }
}

function listIn(items: unknown): readonly unknown[] {
  return typeof items === 'object' && items !== null && 'list' in items && Array.isArray(items.list)
    ? items.list
    : [];
}

/** Without a zone, PostgreSQL takes it for one in the session's, as the driver's text is taken. */
function pointInTime(parts: readonly number[], items: unknown): unknown {
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0, microsecond = 0] = parts;
  if (parts.length < 3 || parts.some((part) => !Number.isInteger(part))) return unknownValue;
  const zone = typeof items === 'object' && items !== null && 'tzinfo' in items ? ' UTC' : '';
  const padded = (number: number, length: number) => String(number).padStart(length, '0');
  const date = `${padded(year, 4)}-${padded(month, 2)}-${padded(day, 2)}`;
  if (parts.length === 3 && zone === '') return date;
  return `${date} ${[hour, minute, second].map((each) => padded(each, 2)).join(':')}.${padded(microsecond, 6)}${zone}`;
}

function asNumber(text: string): number | string {
  const digits = text.replace(/n$/, '');
  const number = Number(digits);
  return Number.isInteger(number) && !Number.isSafeInteger(number) ? digits : number;
}

const escapeForm =
  /\\(?:x([0-9a-fA-F]{2})|u\{([0-9a-fA-F]+)\}|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([\s\S]))/g;

function unescaped(quoted: string, isRaw: boolean): string {
  const inner = quoted.slice(1, -1);
  if (isRaw) return inner;
  return inner.replaceAll(
    escapeForm,
    (_, x?: string, braced?: string, u?: string, long?: string, other = '') => {
      const digits = x ?? braced ?? u ?? long;
      const code = digits === undefined ? null : Number.parseInt(digits, 16);
      if (code === null) return escapes.get(other) ?? other;
      return code > 0x10ffff ? '\ufffd' : String.fromCodePoint(code);
    },
  );
}

function bytesIn(quoted: string): string {
  return `\\x${Buffer.from(unescaped(quoted, false), 'latin1').toString('hex')}`;
}
