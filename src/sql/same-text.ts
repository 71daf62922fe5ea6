import { scan } from './grammar.ts';
import { ByteOffsets } from './position.ts';

/** Whether two texts differ in nothing but comments and white space. */
export function saysTheSame(a: string, b: string): boolean {
  const [x, y] = [tokensOf(a), tokensOf(b)];
  return x.length === y.length && x.every((token, index) => token === y[index]);
}

/** The tokens of a text but for comments; its words, where PostgreSQL's scanner cannot read it. */
function tokensOf(text: string): readonly string[] {
  const scanned = scan(text);
  if (scanned.kind === 'unreadable') return text.split(/\s+/).filter((word) => word !== '');
  const offsets = new ByteOffsets(text);
  return scanned.value
    .filter(({ tokenName }) => tokenName !== 'SQL_COMMENT' && tokenName !== 'C_COMMENT')
    .map(({ start, end }) => text.slice(offsets.offsetOf(start), offsets.offsetOf(end)));
}
