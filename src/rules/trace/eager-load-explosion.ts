import type { Trace, TraceStatement } from '../../model/trace.ts';
import type { QueryBlock } from '../../sql/blocks.ts';
import type { Facts, PlanFacts } from '../facts.ts';
import { isUniqueBy, type JoinedSource, multiplyingJoins, resolve } from '../fan-out.ts';
import { joinTreeOf, namesOfSources } from '../joined-tables.ts';
import { onTrace } from '../on-trace.ts';
import { textOf } from '../query-text.ts';
import { defineRule, type Finding } from '../rule.ts';
import { mostSevere } from '../severity.ts';

/** Rows for each row of the first table, from which on they are mostly repetitions. */
const leastRatio = 10;

export default defineRule({
  id: 'trace/eager-load-explosion',
  title: 'Collections that are loaded together multiply each other',
  message:
    '{route:code} gets {rows:count} rows for [[{parents:count} of ]]{root:code}: {many} are joined side by side, and each repeats the rows of the others',
  triggeredWhen:
    'a captured query returns a thousand rows or more and joins two or more collections to the same rows; where the rows of the first table are known, ten times as many',
  impact:
    'three collections of a hundred rows each make a million rows, which are all sent and then thrown away but for three hundred',
  remediation: [
    {
      kind: 'sql',
      title: 'Load each collection with a query of its own',
      text: '{queries:sql}',
      needs: 'queries',
    },
    {
      kind: 'advice',
      title: 'Let the library load them apart',
      text: 'Most have a word for it: `preload` in place of `eager_load`, `selectinload` in place of `joinedload`, `AsSplitQuery()`, `relationLoadStrategy: "query"`, `@Fetch(SUBSELECT)`.',
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
  const rows = statement.rows ?? 0;
  const severity = facts.severity('trace/eager-load-explosion', rows);
  // The text is asked only where it matters.
  if (severity === 'healthy') return [];
  const block = textOf(plan.query)?.blocks.find(({ outermost }) => outermost);
  if (block === undefined || returnsFewer(block)) return [];
  const tree = joinTreeOf(facts, plan, block);
  const [root] = tree;
  const joins = multiplyingJoins(tree);
  if (root === undefined || joins.length < 2) return [];
  const parents = isOneRow(root, tree, block) ? 1 : null;
  if (parents !== null && rows < leastRatio * parents) return [];
  return [
    onTrace(trace, statement, severity, {
      rows,
      parents,
      root: root.table?.name ?? root.source.alias,
      many: namesOfSources(joins),
      queries: apart(root, joins),
    }),
  ];
}

/** What is counted or cut off is not sent row by row. */
function returnsFewer({ aggregates, grouping, distinct, hasLimit }: QueryBlock): boolean {
  return aggregates.length > 0 || grouping !== null || distinct || hasLimit;
}

/** Whether a unique index of the first table is compared with values, so that one row of it is asked for. */
function isOneRow(root: JoinedSource, tree: readonly JoinedSource[], { equalities }: QueryBlock): boolean {
  const fixed = equalities.flatMap(({ left, right }) => {
    const column = right === null ? resolve(left, tree) : null;
    return column?.qualifier === root.source.alias ? [column.column] : [];
  });
  return isUniqueBy(root, fixed);
}

/** A query for each collection that hangs on the first table itself; null where one of them does not. */
function apart(root: JoinedSource, joins: readonly JoinedSource[]): string | null {
  const queries = joins.map(({ table, parent, by }) => {
    const [key, ...others] = by;
    const isSimple = table !== null && parent === root.source.alias && key !== undefined;
    return isSimple && others.length === 0 ? `SELECT * FROM ${table.name} WHERE ${key} = ANY ($1);` : null;
  });
  return queries.includes(null) ? null : queries.join('\n');
}
