/** Turns offsets into line numbers, for one text, in time logarithmic in its number of lines. */
export class Lines {
  readonly #text: string;
  readonly #starts: readonly number[];

  constructor(text: string) {
    this.#text = text;
    const starts = [0];
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
    this.#starts = starts;
  }

  /** Line, from 1, of an offset in UTF-16 units, from 0. */
  lineAt(offset: number): number {
    let low = 0;
    let high = this.#starts.length;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  }

  /**
   * Line of a position in an error of the server: characters from 1, counted from where the statement begins,
   * which is given in UTF-16 units.
   */
  lineAtPosition(position: number, statementOffset = 0): number {
    const statement = this.#text.slice(statementOffset);
    return this.lineAt(statementOffset + offsetOfCharacter(statement, position - 1));
  }
}

/**
 * Offset in UTF-16 units of a position that the server or the parser gave in characters (Unicode code points,
 * from 0): JavaScript counts a character outside the basic plane twice.
 */
export function offsetOfCharacter(text: string, characters: number): number {
  let offset = 0;
  for (let seen = 0; seen < characters && offset < text.length; seen += 1) {
    offset += (text.codePointAt(offset) ?? 0) > 0xffff ? 2 : 1;
  }
  return offset;
}

/** Offsets in UTF-16 units for ascending offsets in UTF-8 bytes, which the parser counts in. */
export class ByteOffsets {
  readonly #bytes: Buffer | null;
  #byte = 0;
  #offset = 0;

  constructor(text: string) {
    this.#bytes = Buffer.byteLength(text) === text.length ? null : Buffer.from(text);
  }

  /** Must be asked in ascending order. */
  offsetOf(byte: number): number {
    if (this.#bytes === null) return byte;
    this.#offset += this.#bytes.toString('utf8', this.#byte, byte).length;
    this.#byte = byte;
    return this.#offset;
  }
}
