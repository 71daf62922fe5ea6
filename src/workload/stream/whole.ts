/** Bytes of a file that is read as a whole. */
const longest = 32 * 1024 ** 2;

/** All bytes of a file that is not read in parts; null where it is too long for that. */
export async function wholeOf(chunks: AsyncIterable<Uint8Array>): Promise<Buffer | null> {
  const all: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    length += chunk.length;
    if (length > longest) return null;
    all.push(chunk);
  }
  return Buffer.concat(all);
}
