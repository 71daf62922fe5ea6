import { isUtf8 } from 'node:buffer';

const lineBreak = 0x0a;

/** Lines that are longer are passed on as they are, in bytes. */
const longestLine = 1024 ** 2;

/**
 * Lines that are no UTF-8 are taken for Latin-1, as what old clients send is logged as it came; the rest is passed on.
 *
 * @param onRead is told at the end how many lines that were, if any
 */
export async function* withLatin1(
  chunks: AsyncIterable<Uint8Array>,
  onRead: (lines: number) => void,
): AsyncGenerator<Uint8Array> {
  let carried: Buffer = Buffer.alloc(0);
  let isPassing = false;
  let lines = 0;
  const decode = (block: Buffer): Buffer => {
    if (isUtf8(block)) return block;
    const read = linesOf(block).map((line) => (isUtf8(line) ? line : Buffer.from(line.toString('latin1'))));
    lines += linesOf(block).filter((line) => !isUtf8(line)).length;
    return Buffer.concat(read);
  };
  for await (const chunk of chunks) {
    let block = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    if (isPassing) {
      const end = block.indexOf(lineBreak);
      isPassing = end === -1;
      yield block.subarray(0, isPassing ? block.length : end + 1);
      if (isPassing) continue;
      block = block.subarray(end + 1);
    }
    const end = block.lastIndexOf(lineBreak) + 1;
    if (end > 0) {
      yield decode(
        carried.length === 0 ? block.subarray(0, end) : Buffer.concat([carried, block.subarray(0, end)]),
      );
      carried = block.subarray(end);
    } else carried = Buffer.concat([carried, block]);
    if (carried.length <= longestLine) continue;
    yield carried;
    carried = Buffer.alloc(0);
    isPassing = true;
  }
  if (carried.length > 0) yield decode(carried);
  if (lines > 0) onRead(lines);
}

/** With their line breaks. */
function linesOf(block: Buffer): readonly Buffer[] {
  const lines: Buffer[] = [];
  for (let start = 0; start < block.length; ) {
    const end = block.indexOf(lineBreak, start) + 1 || block.length;
    lines.push(block.subarray(start, end));
    start = end;
  }
  return lines;
}
