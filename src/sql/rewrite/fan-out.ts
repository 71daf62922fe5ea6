import { type Branch, branchesOf, moveAggregates } from './fan-out-branches.ts';
import { isGroupedByRow, keptAliases, showsRow } from './fan-out-groups.ts';
import { type SubqueryForm, withBranches } from './fan-out-subqueries.ts';
import { type Join, joinsOf } from './joins.ts';
import { answersOfPlans, equal, type Nature, type Rewriter, type Rewriting } from './rewriting.ts';
import { type Source, sourcesOf } from './sources.ts';
import { and, conjuncts, functionName, isPlain, type Select } from './tree.ts';

/**
 * Aggregates over several tables that are joined to the row that is grouped by: the rows of one are multiplied by
 * those of the others, before they are counted. Each is computed by itself, for one row at a time or for all.
 */
export const fanOutApart: Rewriter = (query, tables) => {
  const clauses = ['distinctClause', 'groupClause', 'havingClause', 'sortClause', 'limitCount'] as const;
  const sources = sourcesOf(query, tables);
  const joins = sources === null ? null : joinsOf(query.fromClause ?? [], sources);
  if (sources === null || joins === null || query.groupClause === undefined) return [];
  if (!isPlain(query, [...clauses, 'limitOffset'])) return [];
  if (query.distinctClause?.some((each) => Object.keys(each).length > 0)) return [];
  const kept = keptAliases(query, sources);
  if (kept === null || !isGroupedByRow(query.groupClause, joins, kept)) return [];
  return (['lateral', 'grouped'] as const).flatMap((form) => inForm(form, query, joins, kept, sources) ?? []);
};

function inForm(
  form: SubqueryForm,
  query: Select,
  joins: readonly Join[],
  kept: ReadonlySet<string>,
  sources: readonly Source[],
): Rewriting | null {
  const branches = branchesOf(joins, kept, sources);
  if (branches === null || branches.length < 2) return null;
  const moved = moveAggregates(query, branches, sources, form);
  if (moved === null || branches.every(({ totals }) => totals.size === 0)) return null;
  const fromClause = withBranches(form, joins, branches, kept);
  if (fromClause === null) return null;
  const { groupClause, havingClause, distinctClause, whereClause, ...rest } = query;
  const conditions = and([...conjuncts(whereClause), ...conjuncts(moved.having)]);
  return {
    title: 'Compute what each table is asked for by itself',
    select: {
      ...rest,
      targetList: [...moved.targets],
      fromClause,
      ...(conditions === undefined ? {} : { whereClause: conditions }),
      ...(moved.sort === undefined ? {} : { sortClause: [...moved.sort] }),
      ...(distinctClause === undefined || showsRow(query, joins) ? {} : { distinctClause }),
    },
    answers: ['query/aggregate-fan-out', 'query/tables-joined', 'query/rows-sorted', ...answersOfPlans],
    nature: natureOf(branches),
  };
}

const indifferent: ReadonlySet<string> = new Set([
  'min',
  'max',
  'bool_and',
  'bool_or',
  'every',
  'bit_and',
  'bit_or',
  'avg',
]);

/** Aggregates to which it matters how often a row comes. */
function natureOf(branches: readonly Branch[]): Nature {
  const calls = branches.flatMap(({ totals }) => [...totals.values()].map(({ call }) => call));
  const multiplied = calls.filter(
    (call) =>
      'FuncCall' in call && call.FuncCall.agg_distinct !== true && !indifferent.has(functionName(call) ?? ''),
  );
  if (multiplied.length === 0) return equal;
  const names = [...new Set(multiplied.map((call) => `\`${functionName(call) ?? ''}\``))].join(' and ');
  return {
    kind: 'alike',
    reason: `as it is, ${names} without DISTINCT takes each row once for every row of the other joins, so its result is too large; this form takes each row once`,
  };
}
