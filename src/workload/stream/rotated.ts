import type { CaptureFile } from '../formats/format.ts';

const lineBreak = 0x0a;

/**
 * Files of one log, one after the other: what one of them ends within goes on in the next.
 *
 * @param begins tells whether a text begins with an entry, so that it does not go on with the one before
 * @param onCutOff is told the file that ends within an entry which does not go on
 */
export async function* rotated(
  files: readonly CaptureFile[],
  begins: (text: string) => boolean,
  onCutOff: (path: string) => void,
): AsyncGenerator<Uint8Array> {
  let before: string | null = null;
  // Within a prefix that may be any, half a prefix is one as well; but all begin alike.
  let usual: string | null = null;
  for (const { path, open } of files) {
    let isFirst = true;
    let last = lineBreak;
    for await (const chunk of open()) {
      const beginning = isFirst ? Buffer.from(chunk.subarray(0, 4_096)).toString('utf8') : '';
      if (isFirst) usual ??= shapeOf(beginning);
      if (isFirst && before !== null && begins(beginning) && shapeOf(beginning) === usual) {
        onCutOff(before);
        yield Buffer.from([lineBreak]);
      }
      isFirst = false;
      last = chunk.at(-1) ?? last;
      yield chunk;
    }
    before = last === lineBreak ? null : path;
  }
  if (before !== null && files.length > 0) onCutOff(before);
}

/** Of the first characters, letters aside. */
function shapeOf(text: string): string {
  return text
    .slice(0, 10)
    .replaceAll(/\d/g, '0')
    .replaceAll(/[A-Za-z]+/g, 'a');
}
