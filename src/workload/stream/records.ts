/** What ends a record: a line break, or one outside of double quotes, as in comma-separated values. */
export type RecordEnd = 'line break' | 'line break outside quotes';

const lineBreak = 0x0a;
const quote = 0x22;

/** A record that is longer than this is none; what a client sends at most is 1 GB, and few send a tenth of this. */
const longestRecord = 64 * 1024 ** 2;

/**
 * Cuts a stream of bytes into records and decodes each as UTF-8. What is held at a time is a chunk and the record that
 * it ends in. A record beyond {@link longestRecord} comes as null; so does one that the stream breaks off in quotes.
 */
export async function* recordsOf(
  chunks: AsyncIterable<Uint8Array>,
  end: RecordEnd,
): AsyncGenerator<readonly (string | null)[]> {
  const cutter = new Cutter(end);
  for await (const chunk of chunks)
    yield cutter.add(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length));
  yield cutter.rest();
}

class Cutter {
  readonly #isQuoting: boolean;
  #parts: Buffer[] = [];
  #length = 0;
  #isInQuotes = false;

  constructor(end: RecordEnd) {
    this.#isQuoting = end === 'line break outside quotes';
  }

  add(chunk: Buffer): readonly (string | null)[] {
    const records: (string | null)[] = [];
    let start = 0;
    let from = 0;
    for (let at = chunk.indexOf(lineBreak); at !== -1; at = chunk.indexOf(lineBreak, at + 1)) {
      if (this.#isQuoting && this.#endsInQuotes(chunk, from, at)) {
        from = at;
        continue;
      }
      records.push(this.#take(chunk.subarray(start, at)));
      start = at + 1;
      from = start;
    }
    if (this.#isQuoting) this.#endsInQuotes(chunk, from, chunk.length);
    this.#keep(chunk.subarray(start));
    return records;
  }

  /** What follows the last line break; nothing where that is the end. */
  rest(): readonly (string | null)[] {
    if (this.#length === 0) return [];
    const isBroken = this.#isInQuotes;
    this.#isInQuotes = false;
    const record = this.#take(Buffer.alloc(0));
    return [isBroken ? null : record];
  }

  #endsInQuotes(chunk: Buffer, from: number, to: number): boolean {
    for (let at = chunk.indexOf(quote, from); at !== -1 && at < to; at = chunk.indexOf(quote, at + 1)) {
      this.#isInQuotes = !this.#isInQuotes;
    }
    return this.#isInQuotes;
  }

  #keep(part: Buffer): void {
    this.#length += part.length;
    // Its bytes are let go; only that they were there is kept.
    if (this.#length > longestRecord) this.#parts = [];
    else if (part.length > 0) this.#parts.push(Buffer.from(part));
  }

  #take(last: Buffer): string | null {
    const length = this.#length + last.length;
    const parts = this.#parts;
    this.#parts = [];
    this.#length = 0;
    if (length > longestRecord) return null;
    const bytes = parts.length === 0 ? last : Buffer.concat([...parts, last]);
    const hasReturn = bytes.at(-1) === 0x0d;
    return bytes.toString('utf8', 0, hasReturn ? bytes.length - 1 : bytes.length);
  }
}
