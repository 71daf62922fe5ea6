/** A part of a JSON file. */
export interface JsonPart {
  /**
   * An `item` is what the file is a list of. Of an export, `next` begins another element of `resourceSpans`, and `resource`
   * says what it is about. `unreadable` stands for text that is no JSON of this kind.
   */
  readonly kind: 'next' | 'resource' | 'item' | 'unreadable';
  /** Of a resource or an item, JSON. */
  readonly text: string;
}

/**
 * What the items are: spans of an export of OpenTelemetry; or rows, in one array or each on a line. Exports may be one on a line,
 * or one in all.
 */
export type JsonItems = 'spans' | 'rows';

/** An object that is longer than this is none, in bytes. */
const longestObject = 16 * 1024 ** 2;

/** Levels of an export; usual ones have a dozen. */
const deepest = 200;

/** Bytes of a key that is looked at. */
const longestKey = 32;

const [quote, backslash, colon, comma, lineBreak] = [0x22, 0x5c, 0x3a, 0x2c, 0x0a];
const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d];
const space = 0x20;

/** How an export begins; on a line of its own within another one it tells that the other was cut off. */
const beginnings = ['{"resourceSpans"', '{"resource_spans"'].map((text) => Buffer.from(text));
const lookAhead = Math.max(...beginnings.map(({ length }) => length));

/** What holds resources and spans, and what describes a resource. */
const resourceLists: ReadonlySet<string> = new Set(['resourceSpans', 'resource_spans']);

/** An object that is being cut out. */
interface Cutting {
  readonly kind: 'resource' | 'item';
  /** Levels around it. */
  readonly level: number;
  readonly chunks: Buffer[];
  length: number;
}

/**
 * Cuts JSON into its items while it is read, so that a file of any size is never held as a whole. Only braces, brackets and keys
 * are looked at; what is cut out is for JSON.parse.
 */
export class JsonCutter {
  readonly #items: JsonItems;
  #parts: JsonPart[] = [];
  #carried: Buffer = Buffer.alloc(0);
  /** The key that each level stands under. */
  readonly #levels: string[] = [];
  /** The key that was read last, of the innermost level. */
  #key = '';
  #isInString = false;
  #isEscaped = false;
  #text: number[] = [];
  #cutting: Cutting | null = null;
  /** Whether the rest of the line is passed over. */
  #isPassing = false;

  constructor(items: JsonItems) {
    this.#items = items;
  }

  add(chunk: Buffer): readonly JsonPart[] {
    const all = this.#carried.length === 0 ? chunk : Buffer.concat([this.#carried, chunk]);
    const end = Math.max(0, all.length - lookAhead);
    this.#read(all, end);
    this.#carried = all.subarray(end);
    return this.#take();
  }

  /** What remains at the end. */
  rest(): readonly JsonPart[] {
    this.#read(this.#carried, this.#carried.length);
    if (this.#levels.length > 0) this.#breakOff();
    return this.#take();
  }

  #read(all: Buffer, end: number): void {
    let start = 0;
    for (let at = 0; at < end; at += 1) {
      const byte = all[at] ?? 0;
      if (byte === lineBreak) {
        // JSON has no line breaks in texts.
        if (this.#isInString || this.#beginsAnew(all, at + 1)) this.#breakOff();
        this.#isPassing = false;
      } else if (this.#isPassing) {
      } else if (this.#isInString) {
        this.#readText(byte);
      } else if (byte === quote) {
        this.#isInString = true;
        this.#text = [];
      } else if (byte === colon) {
        if (this.#cutting === null) this.#key = Buffer.from(this.#text).toString('latin1');
      } else if (byte === openBrace || byte === openBracket) {
        if (this.#open(byte === openBrace)) start = at;
      } else if (byte === closeBrace || byte === closeBracket) {
        this.#close(all, start, at + 1);
      } else if (byte > space && byte !== comma && this.#levels.length === 0) {
        this.#breakOff();
      }
    }
    if (this.#cutting !== null) this.#keep(this.#cutting, all.subarray(start, end));
  }

  #readText(byte: number): void {
    if (this.#isEscaped) this.#isEscaped = false;
    else if (byte === backslash) this.#isEscaped = true;
    else if (byte === quote) this.#isInString = false;
    else if (this.#cutting === null && this.#text.length < longestKey) this.#text.push(byte);
  }

  /** Whether an object begins that is cut out. */
  #open(isObject: boolean): boolean {
    const level = this.#levels.length;
    if (level >= deepest || (level === 0 && !isObject && this.#items === 'spans')) {
      this.#breakOff();
      return false;
    }
    // What stands in an array stands under the key of the array.
    const key = this.#key;
    this.#levels.push(key);
    if (this.#cutting !== null || !isObject) return false;
    this.#key = '';
    const around = this.#levels.at(-2) ?? '';
    if (resourceLists.has(around) && key === around) this.#parts.push({ kind: 'next', text: '' });
    const isItem = this.#items === 'rows' || (key === 'spans' && around === 'spans');
    if (!isItem && key !== 'resource') return false;
    this.#cutting = { kind: isItem ? 'item' : 'resource', level, chunks: [], length: 0 };
    return true;
  }

  #close(all: Buffer, start: number, end: number): void {
    const key = this.#levels.pop();
    // What was broken off may have left some behind.
    if (key === undefined) return;
    const cutting = this.#cutting;
    if (cutting === null || this.#levels.length === cutting.level) this.#key = key;
    if (cutting === null || this.#levels.length > cutting.level) return;
    this.#keep(cutting, all.subarray(start, end));
    const isWhole = cutting.length <= longestObject;
    const text = isWhole ? Buffer.concat(cutting.chunks).toString('utf8') : '';
    this.#parts.push({ kind: isWhole ? cutting.kind : 'unreadable', text });
    this.#cutting = null;
  }

  #keep(cutting: Cutting, part: Buffer): void {
    cutting.length += part.length;
    if (cutting.length > longestObject) cutting.chunks.length = 0;
    else cutting.chunks.push(part);
  }

  /** What was read since the export began ends here without an end. */
  #breakOff(): void {
    this.#parts.push({ kind: 'unreadable', text: '' });
    this.#levels.length = 0;
    this.#cutting = null;
    this.#key = '';
    this.#isInString = false;
    this.#isEscaped = false;
    this.#isPassing = true;
  }

  #take(): readonly JsonPart[] {
    const parts = this.#parts;
    this.#parts = [];
    return parts;
  }

  /** Whether a line begins another list within one that has not ended. */
  #beginsAnew(all: Buffer, at: number): boolean {
    switch (this.#items) {
      case 'spans':
        return (
          this.#levels.length > 0 &&
          beginnings.some((each) => all.subarray(at, at + each.length).equals(each))
        );
      case 'rows':
        return this.#cutting !== null && all[at] === openBrace;
      default:
        return this.#items satisfies never;
    }
  }
}
