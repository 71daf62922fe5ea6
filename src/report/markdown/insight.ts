import type { Insight, InsightLocation } from '../../model/insight.ts';
import { remediationOf } from '../remediation.ts';
import type { AboutOneSubject } from '../subjects.ts';
import { formatCount } from '../wording.ts';
import { bold, details, list, severityMarks, table } from './blocks.ts';
import { remedy } from './remedy.ts';
import { code, fence, figure, join, link, md, type Safe, sentence, text } from './safe.ts';

/** Address of a place in the repository at head, or null where there is none. */
export type Permalink = (location: InsightLocation) => string | null;

/** Longest SQL or error that is shown whole, in characters. */
const longestBlock = 1_200;

function sqlBlock(sql: string): Safe {
  return fence(cut(sql), 'sql');
}

function cut(body: string): string {
  if (body.length <= longestBlock) return body;
  return `${body.slice(0, longestBlock).toWellFormed()}\n-- … ${formatCount(body.length)} characters`;
}

/** `file:line`, linked where the file can be. */
function place(location: InsightLocation, permalink: Permalink): Safe {
  return link(code(`${location.file}:${location.line}`), permalink(location));
}

/** Where an insight stands: its place in the repository, and for a query what sends it. */
export function whereOf({ subject, location }: Insight, permalink: Permalink): Safe {
  if (location === null) return code(subject.name);
  const at = place(location, permalink);
  return subject.kind === 'query' ? md`${code(subject.name)} ${at}` : at;
}

/** One subject with everything that is to be said about it, folded. */
export function subjectBlock(about: AboutOneSubject, permalink: Permalink): Safe {
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
    ...all.flatMap(errorBlock),
    ...advice(about),
    md`<sub>${join(
      [...all, ...folded].map(({ rule }) => code(rule)),
      ' ',
    )} · ${text(worst.confidence)}</sub>`,
  ]);
}

/** Why it matters, and what to do about it. */
export function advice(about: AboutOneSubject): readonly Safe[] {
  return [
    md`${bold(text('Impact'))}: ${sentence(about.worst.impact)}.`,
    ...remediationOf(about).flatMap(remedy),
  ];
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
