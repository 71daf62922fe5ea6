import pc from 'picocolors';
import type { Severity } from '../../model/insight.ts';
import type { Review } from '../../model/review.ts';
import type { ReviewedQuery, SentQuery } from '../../model/reviewed-query.ts';
import { improvementRemark } from '../improvements.ts';
import { assumptions, lockSentence } from '../locks.ts';
import { assumedRemark, existingRemark, settingsRemark, sizesRemark, suppressedRemark } from '../remarks.ts';
import { remediationOf } from '../remediation.ts';
import { servicesLine } from '../services.ts';
import { type AboutOneSubject, bySubject, queriesByInsight } from '../subjects.ts';
import { shareColumn, timeInWords } from '../time.ts';
import { formatCount, plural } from '../wording.ts';
import { sentName, workloadInWords } from '../workload.ts';
import { type Colors, ends, pad, paragraph, printable, severityColor } from './layout.ts';
import { productionSection } from './production.ts';
import { queryBlocks } from './query.ts';
import { releaseSection } from './release.ts';
import { remediesBlocks } from './remedy.ts';

export interface TerminalOptions {
  /** Columns of the terminal. */
  readonly width: number;
  readonly color: boolean;
}

const shownUnchecked = 10;
const shownLocks = 8;
const shownQueries = 12;
/** Queries that are shown with their plan and checks: beyond, the report has them. */
const shownPlans = 8;
const widest = 120;
/** Columns that severities take at the left. */
const indent = 10;

/** The review for reading in a terminal: what the change does first, in order of severity. */
export function renderTerminal(review: Review, options: TerminalOptions): string {
  const colors = pc.createColors(options.color);
  const width = Math.min(options.width, widest);
  const sections = [
    headline(review, colors, width),
    insightsSection(review, colors, width),
    releaseSection(review, colors, width),
    locksSection(review, colors, width),
    productionSection(review, colors, width),
    queriesSection(review, colors, width),
    workloadSection(review, colors, width),
    uncheckedSection(review, colors, width),
    closing(review, colors, width),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function headline({ verdict, reasons, score, grade }: Review, colors: Colors, width: number): string {
  const mark =
    verdict === 'fail'
      ? colors.bgRed(colors.white(colors.bold(' FAIL ')))
      : colors.bgGreen(colors.black(colors.bold(' PASS ')));
  const first = ends(
    `${mark} ${colors.bold('Database review')}`,
    `score ${colors.bold(String(score))}  grade ${colors.bold(grade)}`,
    width,
  );
  return [first, ...reasons.map((reason) => paragraph(colors, `${reason}.`, width, 0))].join('\n');
}

function insightsSection({ insights, queries }: Review, colors: Colors, width: number): string {
  const introduced = insights.filter(({ origin }) => origin === 'introduced');
  if (introduced.length === 0) return 'The change introduces no insights.';
  let left = shownPlans;
  const queryOf = queriesByInsight({ queries });
  return bySubject(introduced)
    .map((about) => {
      const query = queryOf(about.worst);
      if (query !== null) left -= 1;
      return subjectBlock(about, query, left >= 0, colors, width);
    })
    .join('\n\n');
}

/** What is said about one statement or query, and what to do about it. */
function subjectBlock(
  about: AboutOneSubject,
  query: ReviewedQuery | null,
  isWithPlan: boolean,
  colors: Colors,
  width: number,
): string {
  const time = query === null ? '' : timeInWords(query);
  const { worst, others } = about;
  const { severity, title, location, subject } = worst;
  const where = location === null ? subject.name : `${location.file}:${location.line}`;
  const services = [...new Set([worst, ...others].flatMap((each) => each.services))].toSorted();
  return [
    ends(`${severityLabel(colors, severity)} ${colors.bold(title)}`, colors.dim(printable(where)), width),
    ...(subject.kind === 'query' && location !== null
      ? [paragraph(colors, colors.dim(subject.name), width, indent)]
      : []),
    ...(services.length === 0 ? [] : [paragraph(colors, colors.dim(servicesLine(services)), width, indent)]),
    ...[worst, ...others].map(({ summary }) => paragraph(colors, summary, width, indent)),
    ...(time === '' ? [] : [paragraph(colors, colors.dim(time), width, indent)]),
    ...(query === null || !isWithPlan ? [] : queryBlocks(query, severity, colors, width, indent)),
    ...remediesBlocks(remediationOf(about), colors, width, indent),
  ].join('\n');
}

function severityLabel(colors: Colors, severity: Severity): string {
  return severityColor(colors, severity)(pad(severity, indent - 1, 'left'));
}

/** Seconds from which on a lock is worth a line; each deploy has some that are gone at once. */
const feltSeconds = 1;

function locksSection({ deploy }: Review, colors: Colors, width: number): string {
  const felt = deploy.locks.filter(({ seconds: [, high] }) => high >= feltSeconds);
  if (felt.length === 0) return '';
  const rest = deploy.locks.length - Math.min(felt.length, shownLocks);
  return [
    colors.bold('What the deploy locks'),
    ...felt.slice(0, shownLocks).map((lock) => paragraph(colors, lockSentence(lock, deploy), width, 2)),
    ...(rest > 0 ? [colors.dim(`  and ${plural(rest, 'shorter lock')} in the report`)] : []),
    paragraph(colors, colors.dim(assumptions(deploy)), width, 2),
  ].join('\n');
}

/** Queries of each kind that are named. */
const shownChanges = 6;

/** What the change makes of the queries that are sent. */
function workloadSection({ workload }: Review, colors: Colors, width: number): string {
  const words = workloadInWords(workload);
  if (workload === null || words === '') return '';
  const { added, gone, changed } = workload;
  const kinds = [
    ['changed', changed.map(({ after }) => after)],
    ['added', added],
    ['gone', gone],
  ] as const;
  const lines = kinds.flatMap(([what, queries]) => {
    const rest = queries.length - shownChanges;
    return [
      ...queries
        .slice(0, shownChanges)
        .map((query) => paragraph(colors, `${what}: \`${quoted(query)}\``, width, 2)),
      ...(rest > 0 ? [colors.dim(`  and ${formatCount(rest)} more ${what}`)] : []),
    ];
  });
  return [colors.bold(`Against the workload of the base: ${words}`), ...lines].join('\n');
}

function quoted(query: SentQuery): string {
  return sentName(query).replaceAll('`', "'");
}

/** Title, width, and what it tells of a query. */
type FigureColumn = readonly [title: string, wide: number, of: (query: ReviewedQuery) => string];

const cost = (plan: ReviewedQuery['base']) => (plan === null ? '–' : formatCount(plan.cost));

const figureColumns: readonly FigureColumn[] = [
  ['score', 6, ({ score }) => String(score)],
  ['cost before', 12, ({ base }) => cost(base)],
  ['cost after', 12, ({ head }) => cost(head)],
  ['rows read', 12, ({ head }) => (head === null ? '–' : formatCount(head.rowsRead))],
];

function queriesSection(review: Review, colors: Colors, width: number): string {
  const { queries, meanScore } = review;
  if (queries.length === 0) return '';
  const share = shareColumn(review);
  const more = share === null ? [] : [[share.title.toLowerCase(), 20, share.of] as const];
  const columns = [...figureColumns, ...more];
  const figures = columns.reduce((sum, [, wide]) => sum + wide, 0);
  const nameWidth = Math.max(16, width - figures);
  const worst = queries.toSorted((a, b) => a.score - b.score);
  const head =
    pad('query', nameWidth, 'left') + columns.map(([title, wide]) => pad(title, wide, 'right')).join('');
  const rest = queries.length - shownQueries;
  const cheaper = improvementRemark(review);
  return [
    ends(colors.bold('Queries, worst first'), `mean score ${meanScore}`, width),
    colors.dim(head),
    ...worst.slice(0, shownQueries).map((query) => queryLine(query, nameWidth, columns)),
    ...(rest > 0 ? [colors.dim(`and ${formatCount(rest)} more in the report`)] : []),
    ...(cheaper === '' ? [] : [paragraph(colors, `${cheaper}.`, width, 0)]),
  ].join('\n');
}

function queryLine(query: ReviewedQuery, nameWidth: number, columns: readonly FigureColumn[]): string {
  const name = query.name ?? query.origin.route ?? query.sql.replaceAll(/\s+/g, ' ');
  return (
    pad(printable(name), nameWidth - 1, 'left') +
    ' ' +
    columns.map(([, wide, of]) => pad(of(query), wide, 'right')).join('')
  );
}

function uncheckedSection({ unchecked }: Review, colors: Colors, width: number): string {
  if (unchecked.length === 0) return '';
  const rest = unchecked.length - shownUnchecked;
  return [
    colors.bold(`Could not be checked: ${formatCount(unchecked.length)}`),
    ...unchecked
      .slice(0, shownUnchecked)
      .map(({ subject, reason }) => paragraph(colors, `${colors.yellow(subject)}: ${reason}`, width, 2)),
    ...(rest > 0 ? [colors.dim(`  and ${formatCount(rest)} more in the report`)] : []),
  ].join('\n');
}

function closing(review: Review, colors: Colors, width: number): string {
  const { postgres, base, timings } = review;
  const sizes = [sizesRemark(review), assumedRemark(review), settingsRemark(review)]
    .filter((part) => part !== '')
    .join('; ');
  const made = `PostgreSQL ${postgres.version}, ${postgres.sandbox}; base: ${base}; ${sizes}; ${(timings.total / 1000).toFixed(1)} s.`;
  return [existingRemark(review), suppressedRemark(review), made]
    .filter((line) => line !== '')
    .map((line) => paragraph(colors, colors.dim(line), width, 0))
    .join('\n');
}
