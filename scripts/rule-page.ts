import type { Insight } from '../src/model/insight.ts';
import { modeInWords } from '../src/model/observation.ts';
import type { Review } from '../src/model/review.ts';
import { formatCount } from '../src/report/wording.ts';
import type { Rule } from '../src/rules/rule.ts';
import { thresholds } from '../src/rules/thresholds.ts';
import type { Example } from '../test/support/examples.ts';

/** An example with what came of running it. */
export interface RunExample {
  readonly example: Example;
  readonly review: Review;
}

/** The documentation page of a rule, with its examples as they were run. */
export function rulePage(rule: Rule, bad: RunExample, good: RunExample): string {
  return [
    `# ${rule.title}`,
    `\`${rule.id}\``,
    `**Triggered when** ${rule.triggeredWhen}.`,
    `**Impact**: ${rule.impact}.`,
    '## What to do',
    ...rule.remediation.map(({ title, text }) => `**${title}.** ${text}`),
    ...levels(rule),
    '## Example',
    'The schema before the change, and its sizes at production:',
    fenced('sql', bad.example.base),
    fenced('yaml', bad.example.config),
    '### Triggers it',
    ...exampleParts(bad),
    `The review on PostgreSQL ${bad.review.postgres.version} says:`,
    ...bad.review.insights.filter(({ rule: id }) => id === rule.id).flatMap(insightParts),
    ...observed(bad.review),
    '### Does not',
    ...exampleParts(good),
    ...planned(good.review),
    ...observed(good.review),
    '',
  ]
    .join('\n\n')
    .replace(/\n+$/, '\n');
}

function fenced(language: string, text: string): string {
  return `\`\`\`${language}\n${text.trim()}\n\`\`\``;
}

function exampleParts({ example }: RunExample): readonly string[] {
  return [
    ...(example.change === null ? [] : ['The migration:', fenced('sql', example.change)]),
    ...(example.queries === null ? [] : ['The captured queries:', fenced('sql', example.queries)]),
  ];
}

function insightParts({ severity, summary, evidence }: Insight): readonly string[] {
  return [
    `> **${severity}**: ${summary}`,
    ...(evidence.scans.length === 0 ? [] : [scanTable(evidence.scans)]),
    ...(evidence.error === null
      ? []
      : [fenced('text', `ERROR: ${evidence.error.message}\nSQLSTATE: ${evidence.error.sqlstate}`)]),
  ];
}

function scanTable(scans: Insight['evidence']['scans']): string {
  const rows = scans.map(
    ({ table, access, index, rowsRead, rowsFiltered, cost }) =>
      `| \`${table}\` | ${access} | ${index === null ? 'none' : `\`${index}\``} | ${formatCount(rowsRead)} | ${formatCount(rowsFiltered)} | ${formatCount(cost)} |`,
  );
  return [
    '| Table | Access | Index | Rows read | Filtered | Cost |',
    '| :-- | :-- | :-- | --: | --: | --: |',
    ...rows,
  ].join('\n');
}

/** How the queries of an example are planned at head. */
function planned({ queries }: Review): readonly string[] {
  const scans = queries.flatMap(({ head }) => head?.scans ?? []);
  return scans.length === 0 ? [] : ['Its plan:', scanTable(scans)];
}

/** What the statements of an example's migration were seen to do. */
function observed({ migrations }: Review): readonly string[] {
  const statements = migrations.flatMap((migration) => migration.statements);
  if (statements.length === 0) return [];
  const rows = statements.map(
    ({ line, locks, rewrites, scans, indexesBuilt }) =>
      `| ${line} | ${locks === null ? 'runs outside a transaction' : list(locks.map(({ relation, mode }) => `\`${relation}\` ${modeInWords(mode)}`))} | ${names(rewrites)} | ${names(scans)} | ${names(indexesBuilt)} |`,
  );
  return [
    'What the migration was seen to do:',
    [
      '| Line | Locks held after it | Rewrites | Scans | Builds |',
      '| --: | :-- | :-- | :-- | :-- |',
      ...rows,
    ].join('\n'),
  ];
}

function names(values: readonly string[]): string {
  return list(values.map((value) => `\`${value}\``));
}

function list(values: readonly string[]): string {
  return values.length === 0 ? 'none' : values.join('<br>');
}

function levels({ id }: Rule): readonly string[] {
  const threshold = Object.entries(thresholds).find(([key]) => key === id)?.[1];
  if (threshold === undefined) return [];
  const entries = Object.entries(threshold.levels);
  return [
    '## How severe',
    [
      `| ${entries.map(([severity]) => severity).join(' | ')} |`,
      `| ${entries.map(() => '--:').join(' | ')} |`,
      `| ${entries.map(([, from]) => formatCount(from)).join(' | ')} |`,
    ].join('\n'),
    `By ${threshold.of}: ${threshold.reason}. The configuration can override each:`,
    fenced(
      'yaml',
      `thresholds:\n  ${id}: { ${entries.map(([severity, from]) => `${severity}: ${from}`).join(', ')} }`,
    ),
  ];
}
