import { scan } from './grammar.ts';
import { quoteIdentifier } from './identifier.ts';
import { ByteOffsets } from './position.ts';

/**
 * Gives a column another name in a definition as the server prints it, where it stands for the column and for no
 * function.
 *
 * @param range offsets in UTF-16 units between which the column may stand
 */
export function renameColumn(
  definition: string,
  column: string,
  name: string,
  range: { readonly from: number; readonly to: number } = { from: 0, to: definition.length },
): string {
  const scanned = scan(definition);
  if (scanned.kind === 'unreadable') return definition;
  const written = quoteIdentifier(column);
  const offsets = new ByteOffsets(definition);
  let renamed = '';
  let copied = 0;
  for (const [index, { start, text }] of scanned.value.entries()) {
    const offset = offsets.offsetOf(start);
    const isCalled = scanned.value[index + 1]?.text === '(';
    if (text !== written || isCalled || offset < range.from || offset >= range.to) continue;
    renamed += definition.slice(copied, offset) + quoteIdentifier(name);
    copied = offset + text.length;
  }
  return renamed + definition.slice(copied);
}
