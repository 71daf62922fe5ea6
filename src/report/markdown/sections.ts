import { modeInWords } from '../../model/observation.ts';
import type { Review } from '../../model/review.ts';
import type { ReviewedQuery, SentQuery } from '../../model/reviewed-query.ts';
import { formatRange } from '../durations.ts';
import { improvementRemark } from '../improvements.ts';
import { assumptions, lockInWords, queueInWords, whoWaits } from '../locks.ts';
import { shareColumn } from '../time.ts';
import { formatCount, plural } from '../wording.ts';
import { sentName, workloadInWords } from '../workload.ts';
import { details, list, severityMarks, small, table } from './blocks.ts';
import { code, figure, join, md, type Safe, sentence, text } from './safe.ts';
import { ofServices } from './services.ts';

/** The folded sections below what the change introduces. */

const shownQueries = 50;
const shownRest = 40;

export function uncheckedBlock({ unchecked }: Review): readonly Safe[] {
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

/** Who waits for what, and how long. */
export function locksBlock({ deploy }: Review): readonly Safe[] {
  if (deploy.locks.length === 0) return [];
  const rows = deploy.locks
    .slice(0, shownRest)
    .map((lock) => [
      code(lock.relation),
      sentence(lockInWords(lock)),
      figure(formatRange(lock.seconds)),
      lock.waiting.length === 0 ? text('no captured query') : sentence(whoWaits(lock)),
      text(queueInWords(lock, deploy) || '–'),
    ]);
  const columns = [
    ['Table', 'left'],
    ['Lock', 'left'],
    ['Held for', 'left'],
    ['Who waits', 'left'],
    ['Requests queued', 'left'],
  ] as const;
  const title = `🔒 What the deploy locks: ${plural(deploy.tables.length, 'table')}, ${longestLock(deploy)}`;
  return [
    details(text(title), [
      table(columns, rows),
      ...more(deploy.locks.length - rows.length),
      small(sentence(assumptions(deploy))),
    ]),
  ];
}

/** The table that is locked longest over the whole deploy, and what its longest lock holds up. */
function longestLock(deploy: Review['deploy']): string {
  const [longest] = deploy.tables;
  if (longest === undefined) return '';
  const { relation, seconds, transactions } = longest;
  const spread = transactions === 1 ? '' : ` in ${transactions} transactions`;
  const [lock] = deploy.locks.filter((each) => each.relation === relation);
  const queue = lock === undefined ? '' : queueInWords(lock, deploy);
  return `${relation} for ${formatRange(seconds)}${spread}${queue === '' ? '' : `; ${queue}`}`;
}

export function migrationsBlock({ migrations }: Review): readonly Safe[] {
  if (migrations.length === 0) return [];
  const statements = migrations.flatMap(({ file, statements: list }) =>
    list.map((statement) => ({ file, statement })),
  );
  const rows = statements.slice(0, shownRest).map(({ file, statement }) => [
    code(`${file.split('/').at(-1)}:${statement.line}`),
    code(shorten(statement.sql, 60)),
    figure(statement.estimate === null ? '–' : formatRange(statement.estimate.seconds)),
    join(
      statement.locks.map(({ relation, mode }) => md`${code(relation)} ${text(modeInWords(mode))}`),
      '<br>',
    ),
    names(statement.rewrites),
    names(statement.scans),
  ]);
  const columns = [
    ['Where', 'left'],
    ['Statement', 'left'],
    ['Takes', 'left'],
    ['Locks', 'left'],
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

export function queriesBlock(review: Review): readonly Safe[] {
  const { queries, meanScore } = review;
  if (queries.length === 0) return [];
  const worst = queries.toSorted((a, b) => a.score - b.score).slice(0, shownQueries);
  const share = shareColumn(review);
  const rows = worst.map((query) => [
    figure(query.score),
    code(query.name ?? query.origin.route ?? shorten(query.sql, 60)),
    figure(formatCount(query.calls)),
    ...(share === null ? [] : [figure(share.of(query))]),
    cost(query.base),
    cost(query.head),
    figure(query.head === null ? '–' : formatCount(query.head.rowsRead)),
    figure(checksInShort(query)),
  ]);
  const columns = [
    ['Score', 'right'],
    ['Query', 'left'],
    ['Calls', 'right'],
    ...(share === null ? [] : [[share.title, 'right'] as const]),
    ['Cost before', 'right'],
    ['Cost after', 'right'],
    ['Rows read', 'right'],
    ['Checks', 'left'],
  ] as const;
  const title = `📈 ${queries.length === 1 ? '1 query' : `${formatCount(queries.length)} queries`} planned, mean score ${meanScore}`;
  const cheaper = improvementRemark(review);
  return [
    details(text(title), [
      ...(cheaper === '' ? [] : [md`${sentence(cheaper)}.`]),
      table(columns, rows),
      ...more(queries.length - rows.length),
    ]),
  ];
}

/** What the change makes of the queries that are sent. */
export function workloadBlock({ workload, queries }: Review): readonly Safe[] {
  const words = workloadInWords(workload);
  if (workload === null || words === '') return [];
  const { added, gone, changed } = workload;
  const costs = new Map(queries.map((query) => [query.fingerprint, query]));
  const ofQuery = (query: SentQuery) => {
    const { base = null, head = null } = costs.get(query.fingerprint) ?? {};
    return [cost(base), cost(head)];
  };
  const row = (what: string, query: SentQuery, costCells: readonly Safe[]) => [
    text(what),
    code(sentName(query)),
    placeCell(query),
    figure(formatCount(query.calls)),
    ...costCells,
  ];
  const rows = [
    ...changed.map(({ after }) => row('changed', after, ofQuery(after))),
    ...added.map((query) => row('added', query, [text('–'), ...ofQuery(query).slice(1)])),
    ...gone.map((query) => row('gone', query, [text('–'), text('–')])),
  ];
  const columns = [
    ['', 'left'],
    ['Query', 'left'],
    ['Sent from', 'left'],
    ['Calls', 'right'],
    ['Cost before', 'right'],
    ['Cost after', 'right'],
  ] as const;
  return [
    details(text(`🔀 Against the workload of the base: ${words}`), [
      table(columns, rows.slice(0, shownRest)),
      ...more(rows.length - shownRest),
    ]),
  ];
}

function placeCell({ origin: { file, line, service } }: SentQuery): Safe {
  const place = file === null ? [] : [code(line === null ? file : `${file}:${line}`)];
  const of = service === null ? [] : [text(service)];
  return place.length + of.length === 0 ? text('–') : join([...place, ...of], ' ');
}

function cost(plan: ReviewedQuery['base']): Safe {
  return figure(plan === null ? '–' : formatCount(plan.cost));
}

/** `🔴 2 🟢 10`: how many checks of each severity. */
function checksInShort({ checks }: ReviewedQuery): string {
  const counts = Map.groupBy(checks, ({ severity }) => severity);
  return [...counts].map(([severity, list]) => `${severityMarks[severity]} ${list.length}`).join(' ');
}

export function existingBlock({ insights }: Review): readonly Safe[] {
  const existing = insights.filter(({ origin }) => origin === 'existing');
  if (existing.length === 0) return [];
  const shown = existing
    .slice(0, shownRest)
    .map(
      ({ severity, subject, summary: words, services }) =>
        md`${text(severityMarks[severity])} ${code(subject.name)}${ofServices({ subject, services })}: ${sentence(words)}`,
    );
  return [
    details(text(`🗄️ ${plural(existing.length, 'insight')} from before the change`), [
      list(shown),
      ...more(existing.length - shown.length),
    ]),
  ];
}

/** What somebody lets pass, with the reason and where it is written. */
export function suppressedBlock({ insights }: Review): readonly Safe[] {
  const suppressed = insights.flatMap(({ suppression, severity, subject, summary: words, services }) =>
    suppression === null ? [] : [{ suppression, severity, subject, words, services }],
  );
  if (suppressed.length === 0) return [];
  const shown = suppressed
    .slice(0, shownRest)
    .map(
      ({ suppression: { reason, file, line }, severity, subject, words, services }) =>
        md`${text(severityMarks[severity])} ${code(subject.name)}${ofServices({ subject, services })}: ${sentence(words)}. ${text(
          reason === null ? 'No reason is given' : `Reason: ${shorten(reason, 200)}`,
        )} (${code(`${file}:${line}`)})`,
    );
  return [
    details(text(`🔕 ${plural(suppressed.length, 'insight')} suppressed`), [
      list(shown),
      ...more(suppressed.length - shown.length),
    ]),
  ];
}
