import { rules } from '../src/rules/index.ts';

/** Every rule in one line, linked to its page. */
export function ruleTable(): string {
  const rows = rules.map(
    (rule) =>
      `| [\`${rule.id}\`](docs/rules/${rule.id}.md)${rule.default === 'off' ? ' (opt-in)' : ''} | ${rule.title} | ${rule.triggeredWhen} |`,
  );
  return ['| Rule | What it tells | When |', '| :-- | :-- | :-- |', ...rows].join('\n');
}
