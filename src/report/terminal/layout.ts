import type pc from 'picocolors';
import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';
import type { Severity } from '../../model/insight.ts';

export type Colors = ReturnType<typeof pc.createColors>;

export function severityColor(colors: Colors, severity: Severity): (text: string) => string {
  switch (severity) {
    case 'critical':
      return (text) => colors.bold(colors.red(text));
    case 'high':
      return colors.red;
    case 'medium':
      return colors.yellow;
    case 'low':
      return colors.blue;
    case 'healthy':
      return colors.green;
    default:
      return severity satisfies never;
  }
}

/** Controls that a terminal would obey, shown instead: SQL and error messages come from anywhere. */
export function printable(text: string): string {
  return text.replaceAll(
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** A sentence whose backticks become colour, wrapped and indented. */
export function paragraph(colors: Colors, sentence: string, width: number, indent: number): string {
  const coloured = printable(sentence)
    .split('`')
    .map((part, index) => (index % 2 === 1 ? colors.cyan(part) : part))
    .join('');
  const wrapped = wrapAnsi(coloured, Math.max(20, width - indent), { trim: true });
  return wrapped
    .split('\n')
    .map((line) => ' '.repeat(indent) + line)
    .join('\n');
}

/** Fills up to a width; text that is wider is cut. */
export function pad(text: string, width: number, side: 'left' | 'right'): string {
  const missing = width - stringWidth(text);
  if (missing < 0) return `${text.slice(0, Math.max(0, width - 1))}…`;
  return side === 'right' ? ' '.repeat(missing) + text : text + ' '.repeat(missing);
}

/** Two texts at the two ends of a line, or one below the other where they do not fit. */
export function ends(left: string, right: string, width: number): string {
  const gap = width - stringWidth(left) - stringWidth(right);
  return gap >= 2 ? `${left}${' '.repeat(gap)}${right}` : `${left}\n  ${right}`;
}
