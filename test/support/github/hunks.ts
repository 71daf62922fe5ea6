/** Lines of the head that each hunk of a diff shows, by path, by walking the diff line by line. */
export function rightHunks(diff: string): ReadonlyMap<string, readonly ReadonlySet<number>[]> {
  const files = new Map<string, Set<number>[]>();
  let hunks: Set<number>[] = [];
  let [line, oldLeft, newLeft] = [0, 0, 0];
  for (const text of diff.split('\n')) {
    if (oldLeft + newLeft > 0) {
      const mark = text[0] ?? ' ';
      if (mark === '\\') continue;
      if (mark !== '+') oldLeft -= 1;
      if (mark === '-') continue;
      newLeft -= 1;
      hunks.at(-1)?.add(line);
      line += 1;
      continue;
    }
    const [, path] = /^\+\+\+ b\/([^\t]+)/.exec(text) ?? [];
    if (path !== undefined) {
      hunks = [];
      files.set(path, hunks);
    }
    const [, oldLines = '1', start, newLines = '1'] =
      /^@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(text) ?? [];
    if (start === undefined) continue;
    [line, oldLeft, newLeft] = [Number(start), Number(oldLines), Number(newLines)];
    hunks.push(new Set());
  }
  return files;
}
