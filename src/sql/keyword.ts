import { scan } from './grammar.ts';
import { ByteOffsets } from './position.ts';

/**
 * Offset, in UTF-16 units, of the first occurrence of a keyword that stands in no parentheses; null where there is
 * none.
 */
export function topLevelKeyword(sql: string, keyword: string): number | null {
  const offsets = new ByteOffsets(sql);
  let depth = 0;
  const tokens = scan(sql);
  if (tokens.kind === 'unreadable') return null;
  for (const { start, text } of tokens.value) {
    if (text === '(' || text === '[') depth += 1;
    if (text === ')' || text === ']') depth -= 1;
    if (depth === 0 && text.toUpperCase() === keyword) return offsets.offsetOf(start);
  }
  return null;
}
