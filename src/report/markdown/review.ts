import { modeInWords } from '../../model/observation.ts';
import type { Insight, Review, ReviewedQuery } from '../../model/review.ts';
import { bySubject } from '../subjects.ts';
import { formatCount } from '../wording.ts';
import { bold, details, list, severityLabel, severityMarks, small, table } from './blocks.ts';
import { type Permalink, subjectBlock, whereOf } from './insight.ts';
import { code, figure, join, md, type Safe, sentence, text } from './safe.ts';

export interface MarkdownOptions {
  readonly permalink: Permalink;
  /** Stands at the very end, such as a marker by which a comment is found again. */
  readonly closing: Safe | null;
}

/** GitHub refuses comments of more than 65,536 characters; this leaves room for what it counts otherwise. */
export const longestComment = 60_000;

const shownInTable = 12;
const shownQueries = 50;
const shownRest = 40;

/** The review as a pull request comment: verdict first, worst first, details folded, never too long. */
export function renderMarkdown(review: Review, options: MarkdownOptions): string {
  const introduced = review.insights.filter(({ origin }) => origin === 'introduced');
  const closing = [footer(review), ...(options.closing === null ? [] : [options.closing])];
  const opening = [headline(review), summary(review, introduced), overview(introduced, options.permalink)];
  const foldable = [
    ...bySubject(introduced).map((group) => subjectBlock(group, options.permalink)),
    ...uncheckedBlock(review),
    ...migrationsBlock(review),
    ...queriesBlock(review),
    ...existingBlock(review),
  ];
  return withinLimit(opening.flat(), foldable, closing);
}

/** Takes blocks, in order of importance, as long as there is room; what does not fit is counted. */
function withinLimit(opening: readonly Safe[], blocks: readonly Safe[], closing: readonly Safe[]): string {
  const omission = (count: number) =>
    count === 0 ? [] : [md`${figure(count)} more sections did not fit here; the full report has them.`];
  const length = (parts: readonly Safe[]) => join(parts, '\n\n').length + 2;
  let left = longestComment - length([...opening, ...omission(blocks.length), ...closing]);
  const taken = blocks.filter((block) => {
    const fits = length([block]) <= left;
    if (fits) left -= length([block]);
    return fits;
  });
  return `${join([...opening, ...taken, ...omission(blocks.length - taken.length), ...closing], '\n\n')}\n`;
}

function headline({ verdict, score, grade }: Review): Safe {
  const mark = verdict === 'fail' ? '❌' : '✅';
  return md`## ${text(mark)} Database review: ${text(verdict)} · score ${figure(score)} · grade ${text(grade)}`;
}

function summary(review: Review, introduced: readonly Insight[]): Safe {
  const existing = review.insights.filter(({ origin }) => origin === 'existing').length;
  const sentences = [
    ...review.reasons.map((reason) => bold(text(`${reason}.`))),
    introduced.length === 0 ? text('The change introduces no insights.') : md``,
    existing === 0
      ? md``
      : text(`${plural(existing, 'insight')} existed before the change and do not count.`),
    review.unchecked.length === 0
      ? md``
      : text(`${plural(review.unchecked.length, 'thing')} could not be checked.`),
  ];
  return join(
    sentences.filter((each) => each !== ''),
    ' ',
  );
}

function plural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** A line for everything that the change touches, with the worst that there is to say about it. */
function overview(introduced: readonly Insight[], permalink: Permalink): readonly Safe[] {
  if (introduced.length === 0) return [];
  const subjects = bySubject(introduced);
  const rows = subjects
    .slice(0, shownInTable)
    .map(([worst, ...others]) => [
      severityLabel(worst.severity),
      md`${bold(text(worst.title))}: ${sentence(worst.summary)}${others.length === 0 ? md`` : text(` (and ${others.length} more)`)}`,
      whereOf(worst, permalink),
    ]);
  const columns = [
    ['Severity', 'left'],
    ['What the change does', 'left'],
    ['Where', 'left'],
  ] as const;
  const rest = subjects.length - rows.length;
  return [table(columns, rows), ...(rest === 0 ? [] : [text(`${formatCount(rest)} more below.`)])];
}

function uncheckedBlock({ unchecked }: Review): readonly Safe[] {
  if (unchecked.length === 0) return [];
  const shown = unchecked
    .slice(0, shownRest)
    .map(({ subject, reason }) => md`${code(subject)}: ${sentence(reason)}`);
  return [
    details(text(`⚪ ${plural(unchecked.length, 'thing')} could not be checked`), [
      list(shown),
      ...more(unchecked.length - shown.length),
    ]),
  ];
}

function more(rest: number): readonly Safe[] {
  return rest <= 0 ? [] : [text(`and ${formatCount(rest)} more in the full report`)];
}

function migrationsBlock({ migrations }: Review): readonly Safe[] {
  if (migrations.length === 0) return [];
  const statements = migrations.flatMap(({ file, statements: list }) =>
    list.map((statement) => ({ file, statement })),
  );
  const rows = statements.slice(0, shownRest).map(({ file, statement }) => [
    code(`${file.split('/').at(-1)}:${statement.line}`),
    code(shorten(statement.sql, 60)),
    statement.locks === null
      ? text('not readable')
      : join(
          statement.locks.map(({ relation, mode }) => md`${code(relation)} ${text(modeInWords(mode))}`),
          '<br>',
        ),
    names(statement.rewrites),
    names(statement.scans),
  ]);
  const columns = [
    ['Where', 'left'],
    ['Statement', 'left'],
    ['Locks held after it', 'left'],
    ['Rewrites', 'left'],
    ['Scans', 'left'],
  ] as const;
  const title = `🔬 ${plural(migrations.length, 'migration')} observed, ${plural(statements.length, 'statement')}`;
  return [details(text(title), [table(columns, rows), ...more(statements.length - rows.length)])];
}

function names(list: readonly string[]): Safe {
  return join(list.map(code), ' ');
}

function shorten(sql: string, length: number): string {
  const line = sql.replaceAll(/\s+/g, ' ');
  return line.length > length ? `${line.slice(0, length - 1)}…` : line;
}

function queriesBlock({ queries, meanScore }: Review): readonly Safe[] {
  if (queries.length === 0) return [];
  const worst = queries.toSorted((a, b) => a.score - b.score).slice(0, shownQueries);
  const rows = worst.map((query) => [
    figure(query.score),
    code(query.name ?? query.origin.route ?? shorten(query.sql, 60)),
    figure(formatCount(query.calls)),
    cost(query.base),
    cost(query.head),
    figure(query.head === null ? '–' : formatCount(query.head.rowsRead)),
    figure(checksInShort(query)),
  ]);
  const columns = [
    ['Score', 'right'],
    ['Query', 'left'],
    ['Calls', 'right'],
    ['Cost before', 'right'],
    ['Cost after', 'right'],
    ['Rows read', 'right'],
    ['Checks', 'left'],
  ] as const;
  const title = `📈 ${queries.length === 1 ? '1 query' : `${formatCount(queries.length)} queries`} planned, mean score ${meanScore}`;
  return [details(text(title), [table(columns, rows), ...more(queries.length - rows.length)])];
}

function cost(plan: ReviewedQuery['base']): Safe {
  return figure(plan === null ? '–' : formatCount(plan.cost));
}

/** `🔴 2 🟢 10`: how many checks of each severity. */
function checksInShort({ checks }: ReviewedQuery): string {
  const counts = Map.groupBy(checks, ({ severity }) => severity);
  return [...counts].map(([severity, list]) => `${severityMarks[severity]} ${list.length}`).join(' ');
}

function existingBlock({ insights }: Review): readonly Safe[] {
  const existing = insights.filter(({ origin }) => origin === 'existing');
  if (existing.length === 0) return [];
  const shown = existing
    .slice(0, shownRest)
    .map(
      ({ severity, subject, summary: words }) =>
        md`${text(severityMarks[severity])} ${code(subject.name)}: ${sentence(words)}`,
    );
  return [
    details(text(`🗄️ ${plural(existing.length, 'insight')} from before the change`), [
      list(shown),
      ...more(existing.length - shown.length),
    ]),
  ];
}

function footer({ postgres, base, statistics }: Review): Safe {
  const { declared, assumed, assumedRows } = statistics;
  const sizes =
    assumed.length === 0
      ? `sizes of all ${declared.length} tables declared`
      : `sizes of ${plural(declared.length, 'table')} declared, of ${assumed.length} assumed at ${formatCount(assumedRows)} rows`;
  return small(
    md`PostgreSQL ${text(postgres.version)} (${text(postgres.sandbox)}) · base: ${text(base)} · ${text(sizes)} · score: 100 × product of (1 − weight) over introduced insights; critical .60, high .35, medium .15, low .05`,
  );
}
