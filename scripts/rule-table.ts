import { rules } from '../src/rules/index.ts';

/** Every rule in one line, linked to its page. */
export function ruleTable(): string {
  const rows = rules.map(
    ({ id, title, triggeredWhen }) => `| [\`${id}\`](docs/rules/${id}.md) | ${title} | ${triggeredWhen} |`,
  );
  return ['| Rule | What it tells | When |', '| :-- | :-- | :-- |', ...rows].join('\n');
}
