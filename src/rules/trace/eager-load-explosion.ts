import type { Trace, TraceStatement } from '../../model/trace.ts';
import { type Collections, collectionsOf } from '../collections.ts';
import type { Facts } from '../facts.ts';
import type { PlanFacts } from '../facts-source.ts';
import { onTrace } from '../on-trace.ts';
import { defineRule, type Finding } from '../rule.ts';
import { mostSevere } from '../severity.ts';

/** Rows for each row of the first table, from which on they are mostly repetitions. */
const leastRatio = 10;

/** A shorter page is no page. */
const shortestPage = 10;

export default defineRule({
  id: 'trace/eager-load-explosion',
  title: 'Collections that are loaded together multiply each other',
  message:
    '{route:code} gets {rows:count} rows for [[{parents:count} of ]]{root:code}: {many} are joined side by side, and each repeats the rows of the others[[ ({each} for one)]][[; its LIMIT of {page:count} counts those rows, and so cuts off most of what it asks for]]',
  triggeredWhen:
    'a captured query joins two or more collections to the same rows, and returns a thousand rows or more, as captured or as planned at a size that somebody stated; where the rows of the first table are known, ten times as many. Or it has a LIMIT that counts such rows',
  impact:
    'three collections of a hundred rows each make a million rows, which are all sent and then thrown away but for three hundred',
  remediation: [
    {
      kind: 'advice',
      title: 'Let the library load them apart',
      text: 'Most have a word for it: `preload` in place of `eager_load`, `selectinload` in place of `joinedload`, `AsSplitQuery()`, `relationLoadStrategy: "query"`, `@Fetch(SUBSELECT)`. Then there is one query for the rows, and one for each collection.',
    },
  ],
  core: false,
  *check(facts) {
    const plans = new Map(facts.plans.map((plan) => [plan.query.fingerprint, plan]));
    yield* mostSevere(
      facts.traces.flatMap((trace) =>
        trace.statements.flatMap((statement) => {
          const plan = plans.get(statement.fingerprint ?? '');
          return plan === undefined ? [] : explosionIn(facts, trace, statement, plan);
        }),
      ),
    );
  },
});

function explosionIn(
  facts: Facts,
  trace: Trace,
  statement: TraceStatement,
  plan: PlanFacts,
): readonly Finding[] {
  const planned = facts.hasKnownSizes(plan) ? plan.measures.rowsReturned : 0;
  const captured = statement.rows ?? 0;
  const rows = Math.round(Math.max(captured, planned));
  const severity = facts.severity('trace/eager-load-explosion', rows);
  // The text is asked only where it matters.
  if (severity === 'healthy' && rows < shortestPage) return [];
  const collections = collectionsOf(facts, plan);
  if (collections === null) return [];
  const parents = parentsOf(collections, rows);
  if (parents !== null && rows < leastRatio * parents) return [];
  const isPage = collections.hasLimit;
  // Of a page it is the LIMIT that is wrong, which only sizes tell.
  if (isPage ? parents === null || collections.ofOneRow : severity === 'healthy') return [];
  const found = onTrace(trace, statement, severity === 'healthy' ? 'medium' : severity, {
    rows,
    parents,
    root: collections.root,
    many: collections.names,
    each: eachInWords(collections),
    page: isPage ? rows : null,
  });
  return [captured >= planned ? found : { ...found, confidence: 'planned at production size' }];
}

/** Rows of the first table among so many of the result; null where no sizes are known. */
function parentsOf({ ofOneRow, times }: Collections, rows: number): number | null {
  if (ofOneRow) return 1;
  return times === null ? null : Math.max(1, Math.round(rows / times));
}

/** `photos × 40, posts × 25`; null where a size is not known. */
function eachInWords({ joins }: Collections): string | null {
  const words = joins.flatMap(({ name, times }) => (times === null ? [] : [`${name} × ${rounded(times)}`]));
  return words.length < joins.length ? null : words.join(', ');
}

function rounded(times: number): string {
  return (times < 10 ? Math.round(times * 10) / 10 : Math.round(times)).toLocaleString('en-US');
}
