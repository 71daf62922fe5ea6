import type { Insight, Remediation } from '../src/model/insight.ts';
import type { Review } from '../src/model/review.ts';
import { verifiedInWords } from '../src/report/remediation.ts';
import { formatCount, plural } from '../src/report/wording.ts';
import type { Rule } from '../src/rules/rule.ts';
import { thresholds } from '../src/rules/thresholds.ts';
import type { Example } from '../test/support/examples.ts';
import { observationTable } from './observation-table.ts';

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
    ...optIn(rule),
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
    ...observationTable(bad.review),
    '### Does not',
    ...exampleParts(good),
    ...planned(good.review),
    ...observationTable(good.review),
    '',
  ]
    .join('\n\n')
    .replace(/\n+$/, '\n');
}

function optIn({ id, default: state }: Rule): readonly string[] {
  if (state === 'on') return [];
  return ['It is off by default. The configuration switches it on:', fenced('yaml', `rules:\n  ${id}: on`)];
}

function fenced(language: string, text: string): string {
  return `\`\`\`${language}\n${text.trim()}\n\`\`\``;
}

function exampleParts({ example }: RunExample): readonly string[] {
  return [
    ...Object.entries(example.change).flatMap(([path, text], _, { length }) => [
      length === 1 && path.endsWith('_change.sql') ? 'The migration:' : `\`${path}\`:`,
      fenced(path.endsWith('.json') ? 'json' : 'sql', text),
    ]),
    ...(example.data == null ? [] : ['A database whose rows came so:', fenced('sql', example.data)]),
    ...(example.queries === null ? [] : ['The captured queries:', fenced('sql', example.queries)]),
    ...captured('What was captured at the base:', example.capturedAtBase ?? null),
    ...captured('What was captured:', example.captured ?? null),
  ];
}

/** Lines of a capture that a page shows: what repeats has done so by then. */
const shownLines = 6;

function captured(heading: string, text: string | null): readonly string[] {
  if (text === null) return [];
  const lines = text.trim().split('\n');
  const shown = lines.slice(0, shownLines).join('\n');
  const left = lines.length - shownLines;
  return [
    heading,
    fenced('json', shown),
    ...(left > 0 ? [`and ${plural(left, 'more line')} like these.`] : []),
  ];
}

function insightParts({ severity, summary, evidence, remediation }: Insight): readonly string[] {
  return [
    `> **${severity}**: ${summary}`,
    ...(evidence.scans.length === 0 ? [] : [scanTable(evidence.scans)]),
    ...(evidence.error === null
      ? []
      : [fenced('text', `ERROR: ${evidence.error.message}\nSQLSTATE: ${evidence.error.sqlstate}`)]),
    ...remediation.flatMap(safeForm),
  ];
}

/** The migration that was tried in place of the example's. */
function safeForm(remediation: Remediation): readonly string[] {
  const { migration, title } = remediation;
  if (migration === null) return [];
  return [
    `It offers in its place: **${title}** (${verifiedInWords(remediation)}).`,
    ...migration.files.flatMap(({ path, text }) => [`\`${path}\`:`, fenced('sql', text)]),
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
