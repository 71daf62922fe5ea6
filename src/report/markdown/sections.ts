import { modeInWords } from '../../model/observation.ts';
import type { Review, ReviewedQuery } from '../../model/review.ts';
import { formatCount, plural } from '../wording.ts';
import { details, list, severityMarks, table } from './blocks.ts';
import { code, figure, join, md, type Safe, sentence, text } from './safe.ts';

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

export function migrationsBlock({ migrations }: Review): readonly Safe[] {
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

export function queriesBlock({ queries, meanScore }: Review): readonly Safe[] {
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

export function existingBlock({ insights }: Review): readonly Safe[] {
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
