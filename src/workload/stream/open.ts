import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** First bytes of a gzip file (RFC 1952). */
const gzipMagic = [0x1f, 0x8b] as const;

/** Bytes read at once. */
const chunkBytes = 64 * 1024;

/** A file's content, or content that stands for it; uncompressed where it is compressed with gzip. */
export async function* openCapture(source: string | Uint8Array): AsyncGenerator<Uint8Array> {
  const raw = typeof source === 'string' ? createReadStream(source, { highWaterMark: chunkBytes }) : [source];
  const chunks = Readable.from(raw)[Symbol.asyncIterator]();
  const first = await chunks.next();
  if (first.done === true) return;
  const whole = rejoin(asBytes(first.value), chunks);
  if (gzipMagic.some((byte, index) => asBytes(first.value)[index] !== byte)) yield* whole;
  else yield* Readable.from(whole).pipe(createGunzip({ chunkSize: chunkBytes }));
}

async function* rejoin(first: Uint8Array, rest: AsyncIterator<unknown>): AsyncGenerator<Uint8Array> {
  yield first;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield asBytes(next.value);
}

function asBytes(chunk: unknown): Uint8Array {
  if (chunk instanceof Uint8Array) return chunk;
  throw new TypeError('a capture is read as bytes');
}
