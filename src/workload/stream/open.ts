import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { hasCode } from '../../model/error-code.ts';
import { withLatin1 } from './latin1.ts';

/** First bytes of a gzip file (RFC 1952). */
const gzipMagic = [0x1f, 0x8b] as const;

/** Byte order marks, of texts whose encoding they tell (Unicode Standard, 23.8). */
const marks = [
  { bytes: [0xff, 0xfe], encoding: 'utf-16le' },
  { bytes: [0xfe, 0xff], encoding: 'utf-16be' },
  { bytes: [0xef, 0xbb, 0xbf], encoding: 'utf-8' },
] as const;

/** Bytes read at once. */
const chunkBytes = 64 * 1024;

/**
 * A file's content as it was when it was opened, or content that stands for it, in UTF-8; uncompressed where it is compressed with
 * gzip. Of a file that was cut off while it was compressed, what is there.
 *
 * @param tell is told what of it could not be read as it is
 */
export async function* openCapture(
  source: string | Uint8Array,
  tell: (reason: string) => void = () => {},
): AsyncGenerator<Uint8Array> {
  const raw = typeof source === 'string' ? readFile(source) : [source];
  const { first, whole } = await begun(raw);
  const content = startsWith(first, gzipMagic) ? unzipped(whole, tell) : whole;
  yield* withLatin1(asUtf8(content), (lines) => {
    tell(`${lines} ${lines === 1 ? 'line is' : 'lines are'} no UTF-8, and read as Latin-1`);
  });
}

/** Servers go on writing while their log is read: what is added later is not waited for. */
async function* readFile(path: string): AsyncGenerator<Uint8Array> {
  await using file = await open(path);
  const { size } = await file.stat();
  // What has no size, such as a pipe, is read to its end.
  yield* file.createReadStream({
    highWaterMark: chunkBytes,
    autoClose: false,
    ...(size > 0 ? { end: size - 1 } : {}),
  });
}

async function* unzipped(
  chunks: AsyncIterable<Uint8Array>,
  onCutOff: (reason: string) => void,
): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: chunkBytes });
  // Its error is seen by whoever reads on, and of no interest once nobody does.
  gunzip.on('error', () => {});
  try {
    for await (const chunk of Readable.from(chunks).pipe(gunzip)) yield asBytes(chunk);
  } catch (error) {
    // zlib.h: what ends too early, and what is no gzip from some place on. Others are of reading the file.
    if (hasCode(error, 'Z_BUF_ERROR')) onCutOff('is compressed and cut off; what is there is read');
    else if (hasCode(error, 'Z_DATA_ERROR'))
      onCutOff('is compressed and damaged; what stands before is read');
    else throw error;
  }
}

async function* asUtf8(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const { first, whole } = await begun(chunks);
  const mark = marks.find(({ bytes }) => startsWith(first, bytes));
  if (mark === undefined) {
    yield* whole;
    return;
  }
  if (mark.encoding === 'utf-8') {
    let passed = 0;
    for await (const chunk of whole) {
      const from = Math.min(chunk.length, mark.bytes.length - passed);
      passed += from;
      yield chunk.subarray(from);
    }
    return;
  }
  const decoder = new TextDecoder(mark.encoding);
  for await (const chunk of whole) yield Buffer.from(decoder.decode(chunk, { stream: true }));
  yield Buffer.from(decoder.decode());
}

/** Bytes that tell what a file is. */
const tellingBytes = 3;

/** The first bytes, and all from the beginning. */
async function begun(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<{ readonly first: Uint8Array; readonly whole: AsyncGenerator<Uint8Array> }> {
  const rest = Readable.from(chunks)[Symbol.asyncIterator]();
  const read: Uint8Array[] = [];
  let length = 0;
  while (length < tellingBytes) {
    const next = await rest.next();
    if (next.done === true) break;
    read.push(asBytes(next.value));
    length += asBytes(next.value).length;
  }
  return { first: Buffer.concat(read), whole: rejoin(read, rest) };
}

async function* rejoin(
  read: readonly Uint8Array[],
  rest: AsyncIterator<unknown>,
): AsyncGenerator<Uint8Array> {
  try {
    yield* read;
    for (let next = await rest.next(); next.done !== true; next = await rest.next())
      yield asBytes(next.value);
  } finally {
    await rest.return?.();
  }
}

function startsWith(first: Uint8Array, bytes: readonly number[]): boolean {
  return bytes.every((byte, index) => first[index] === byte);
}

function asBytes(chunk: unknown): Uint8Array {
  if (chunk instanceof Uint8Array) return chunk;
  throw new TypeError('a capture is read as bytes');
}
