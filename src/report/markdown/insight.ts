import type { Insight } from '../../model/insight.ts';
import type { ReviewedQuery } from '../../model/reviewed-query.ts';
import { remediationOf } from '../remediation.ts';
import type { AboutOneSubject } from '../subjects.ts';
import { timeInWords } from '../time.ts';
import { formatCount } from '../wording.ts';
import { bold, details, list, severityMarks, table } from './blocks.ts';
import { type Permalink, place } from './place.ts';
import { queryBlocks } from './query.ts';
import { remedies } from './remedy.ts';
import { code, fence, figure, join, md, type Safe, sentence, text } from './safe.ts';
import { ofServices, servicesTold } from './services.ts';

/** Longest SQL or error that is shown whole, in characters. */
const longestBlock = 1_200;

function sqlBlock(sql: string): Safe {
  return fence(cut(sql), 'sql');
}

function cut(body: string): string {
  if (body.length <= longestBlock) return body;
  return `${body.slice(0, longestBlock).toWellFormed()}\n-- … ${formatCount(body.length)} characters`;
}

/** Where an insight stands: its place in the repository, and for a query what sends it. */
export function whereOf({ subject, location, services }: Insight, permalink: Permalink): Safe {
  const query = md`${code(subject.name)}${ofServices({ subject, services })}`;
  if (location === null) return query;
  const at = place(location, permalink);
  return subject.kind === 'query' ? md`${query} ${at}` : at;
}

/**
 * One subject with everything that is to be said about it, folded.
 *
 * @param query the query that it is; null where there is none
 * @param length whether there is room for its plans and checks
 */
export function subjectBlock(
  about: AboutOneSubject,
  permalink: Permalink,
  query: ReviewedQuery | null = null,
  length: 'in short' | 'with its plans' = 'with its plans',
): Safe {
  const { worst, others, folded } = about;
  const all = [worst, ...others];
  const more = others.length === 0 ? md`` : md` and ${figure(others.length)} more`;
  const head = md`${text(severityMarks[worst.severity])} ${bold(text(worst.title))}${more} · ${whereOf(worst, permalink)}`;
  // How a query was planned is of no interest where it no longer can be.
  const scans = all.find(({ evidence }) => evidence.scans.length > 0 && evidence.error === null);
  return details(head, [
    list(all.map(({ severity, summary }) => md`${text(severityMarks[severity])} ${sentence(summary)}`)),
    ...(worst.evidence.sql === null ? [] : [sqlBlock(worst.evidence.sql)]),
    ...(scans === undefined ? [] : [scanTable(scans)]),
    ...(query === null ? [] : timeLine(query)),
    ...(query === null || length === 'in short' ? [] : queryBlocks(query, worst.severity, permalink)),
    ...all.flatMap(errorBlock),
    ...advice(about),
    md`<sub>${join(
      [...all, ...folded].map(({ rule }) => code(rule)),
      ' ',
    )} · ${text(worst.confidence)}${servicesTold(all)}</sub>`,
  ]);
}

/** What is spent on it, where that is known. */
function timeLine(query: ReviewedQuery): readonly Safe[] {
  const words = timeInWords(query);
  return words === '' ? [] : [md`⏱️ ${text(words)}`];
}

/** Why it matters, and what to do about it. */
export function advice(about: AboutOneSubject): readonly Safe[] {
  return [md`${bold(text('Impact'))}: ${sentence(about.worst.impact)}.`, ...remedies(remediationOf(about))];
}

/** PostgreSQL's own words, where it refused something and the summary does not hold them all. */
export function errorBlock({ summary, evidence: { error } }: Insight): readonly Safe[] {
  if (error === null) return [];
  if (error.detail === null && error.hint === null && summary.includes(error.message)) return [];
  const lines = [
    `ERROR: ${error.message}`,
    ...(error.detail === null ? [] : [`DETAIL: ${error.detail}`]),
    ...(error.hint === null ? [] : [`HINT: ${error.hint}`]),
    `SQLSTATE: ${error.sqlstate}`,
  ];
  return [fence(cut(lines.join('\n')), 'text')];
}

function scanTable({ evidence }: Insight): Safe {
  return table(
    [
      ['Table', 'left'],
      ['Access', 'left'],
      ['Index', 'left'],
      ['Rows read', 'right'],
      ['Filtered', 'right'],
      ['Cost', 'right'],
    ],
    evidence.scans.map(({ table: name, access, index, rowsRead, rowsFiltered, cost }) => [
      code(name),
      text(access),
      index === null ? text('none') : code(index),
      figure(formatCount(rowsRead)),
      figure(formatCount(rowsFiltered)),
      figure(formatCount(cost)),
    ]),
  );
}
