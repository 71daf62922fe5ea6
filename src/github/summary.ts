/** Longest job summary of a step, in bytes; GitHub drops a longer one as a whole. */
export const longestSummary = 1024 * 1024;

const remark = '\n\n(The summary ends here, since GitHub shows no more. The report file has everything.)\n';

/**
 * Cuts a summary to what GitHub takes, at the end of a block, so that no line is torn.
 *
 * @param limit in bytes of UTF-8
 */
export function withinSummary(markdown: string, limit = longestSummary): string {
  if (Buffer.byteLength(markdown) <= limit) return markdown;
  const room = limit - Buffer.byteLength(remark);
  const bytes = Buffer.from(markdown).subarray(0, Math.max(0, room));
  const end = Math.max(0, bytes.lastIndexOf('\n\n'));
  return `${bytes.subarray(0, end).toString('utf8')}${remark}`;
}
