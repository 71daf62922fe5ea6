import type { Remediation } from '../../model/insight.ts';
import { bestFirst, verifiedInWords } from '../remediation.ts';
import { plural } from '../wording.ts';
import { type Colors, paragraph, printable } from './layout.ts';

/** SQL of more lines is left to the report. */
const mostLines = 12;
const mostFiles = 8;

/** What to do: one way after the other; of others that were tried for the same query, only what they came to. */
export function remediesBlocks(
  all: readonly Remediation[],
  colors: Colors,
  width: number,
  indent: number,
): readonly string[] {
  const { shown, otherWays } = bestFirst(all);
  const others = otherWays.map((each) => `${each.title} (${verifiedInWords(each)})`);
  return [
    ...shown.map((each) => remedyBlock(each, colors, width, indent)),
    ...(others.length === 0
      ? []
      : [paragraph(colors, `Other ways, in the full report: ${others.join('; ')}`, width, indent)]),
  ];
}

/** One way to put something right. SQL is not wrapped, so that it can be copied; files that are long are only named. */
function remedyBlock(remediation: Remediation, colors: Colors, width: number, indent: number): string {
  const { kind, title, text, migration } = remediation;
  const verified = verifiedInWords(remediation);
  const label = `${colors.green('→')} ${colors.bold(title)}${verified === '' ? '' : ` (${verified})`}`;
  const say = (words: string) => paragraph(colors, `${label}${words}`, width, indent);
  if (migration === null) {
    if (kind === 'advice') return say(`: ${text}`);
    return isShort(text) ? `${say(':')}\n${copied(text, indent + 2)}` : say(': in the full report');
  }
  const { files } = migration;
  const replaced = [migration.replaces, ...migration.alsoReplaces].join(' and ');
  const [only, ...others] = files;
  if (only !== undefined && others.length === 0 && isShort(only.text)) {
    return `${say(`, ${only.path} in place of ${replaced}:`)}\n${copied(only.text, indent + 2)}`;
  }
  const names = files.map(({ path }) => paragraph(colors, path, width, indent + 2));
  const shown = names.slice(0, mostFiles);
  const rest = names.length - shown.length;
  const more = rest === 0 ? [] : [paragraph(colors, `and ${plural(rest, 'more file')}`, width, indent + 2)];
  return [say(`, in place of ${replaced}; the full report holds the files:`), ...shown, ...more].join('\n');
}

function isShort(sql: string): boolean {
  return sql.trimEnd().split('\n').length <= mostLines;
}

function copied(sql: string, indent: number): string {
  return sql
    .trimEnd()
    .split('\n')
    .map((line) => ' '.repeat(indent) + printable(line.replaceAll('\t', '  ')))
    .join('\n');
}
