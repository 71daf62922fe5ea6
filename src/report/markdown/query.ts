import type { Severity } from '../../model/insight.ts';
import type { ReviewedQuery } from '../../model/reviewed-query.ts';
import { compareSeverity } from '../../rules/severity.ts';
import { checkInWords } from '../checks.ts';
import { planChangeInWords } from '../plan-changes.ts';
import { formatCount } from '../wording.ts';
import { bold, details, list, severityLabel, severityMarks, table } from './blocks.ts';
import { planChart } from './mermaid.ts';
import { type Permalink, place } from './place.ts';
import { code, figure, join, md, type Safe, sentence, text } from './safe.ts';

/** Ways in which a plan differs that are told beside its picture. */
const mostChanges = 6;

/** What is shown of a query that there is something to say about: its plans, and what it was looked at for. */
export function queryBlocks(query: ReviewedQuery, worst: Severity, permalink: Permalink): readonly Safe[] {
  return [...plans(query, worst, permalink), ...(compareSeverity(worst, 'low') > 0 ? checks(query) : [])];
}

/** The plan at head where it became more expensive or is bad; the one at base as well where it was another. */
function plans(
  { base, head, difference }: ReviewedQuery,
  worst: Severity,
  permalink: Permalink,
): readonly Safe[] {
  const plan = head?.plan ?? null;
  const isChanged = difference !== null && difference.changes.length > 0;
  if (head === null || plan === null || !(isChanged || compareSeverity(worst, 'high') >= 0)) return [];
  const before = isChanged ? (base?.plan ?? null) : null;
  if (base === null || before === null)
    return [details(md`Plan, cost ${figure(formatCount(head.cost))}`, [planChart(plan)])];
  return [
    details(
      md`Plan before and after, cost ${figure(formatCount(base.cost))} → ${figure(formatCount(head.cost))}`,
      [
        ...changes(difference, permalink),
        bold(text('After')),
        planChart(plan),
        bold(text('Before')),
        planChart(before),
      ],
    ),
  ];
}

function changes(difference: ReviewedQuery['difference'], permalink: Permalink): readonly Safe[] {
  if (difference === null) return [];
  const { cause } = difference;
  const told = difference.changes.slice(0, mostChanges).map((each) => sentence(planChangeInWords(each)));
  return [
    list(told),
    ...(cause === null
      ? []
      : [
          md`Because of ${code(cause.sql)} at ${place({ file: cause.file, line: cause.line, endLine: cause.line }, permalink)}.`,
        ]),
  ];
}

/** What the query was looked at for, healthy or not, worst first. */
function checks({ head, checks: all }: ReviewedQuery): readonly Safe[] {
  // Where it has no plan, nothing could be looked at.
  if (head === null || all.length === 0) return [];
  const sorted = all.toSorted((a, b) => compareSeverity(b.severity, a.severity));
  const rows = sorted.map((check) => [
    text(checkInWords(check)),
    figure(check.figure ?? '–'),
    severityLabel(check.severity),
  ]);
  const columns = [
    ['Check', 'left'],
    ['Measured', 'right'],
    ['Level', 'left'],
  ] as const;
  const counts = [...Map.groupBy(sorted, ({ severity }) => severity)].map(
    ([severity, group]) => md`${text(severityMarks[severity])} ${figure(group.length)}`,
  );
  return [details(md`What was looked at: ${join(counts, ' ')}`, [table(columns, rows)])];
}
