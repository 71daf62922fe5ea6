import { checkCommand } from '../src/config/command-line.ts';

/** The options of `check` as a table. */
export function checkOptions(): string {
  const rows = checkCommand().options.map(({ flags, description, argChoices }) => {
    const choices = argChoices === undefined ? '' : `: ${argChoices.join(', ')}`;
    return `| \`${flags}\` | ${description.replace(/( \(default|$)/, `${choices}$1`)} |`;
  });
  return ['| `pg-guardrails check` | |', '| :-- | :-- |', ...rows].join('\n');
}
