import type { Node } from '../grammar.ts';
import { resultColumn } from './result-columns.ts';
import { answersOfPlans, equal, type Rewriter } from './rewriting.ts';
import { aliasesIn, sourcesOf } from './sources.ts';
import { and, column, conjuncts, isPlain, type Select } from './tree.ts';

/** More branches than this are no easier to read, nor to plan. */
const mostBranches = 4;

/**
 * Conditions on several tables of which one has to hold, as one branch for each: none of them can be found by an index
 * while the others may hold instead. A branch leaves out what the ones before it return, so that no row comes twice.
 */
export const orToUnion: Rewriter = (query, tables) => {
  const sources = sourcesOf(query, tables);
  if (sources === null || !isPlain(query, ['sortClause', 'limitCount', 'limitOffset'])) return [];
  const conditions = conjuncts(query.whereClause);
  const either = conditions.find(
    (condition) => 'BoolExpr' in condition && condition.BoolExpr.boolop === 'OR_EXPR',
  );
  const branches = either !== undefined && 'BoolExpr' in either ? (either.BoolExpr.args ?? []) : [];
  const about = branches.map((branch) => [...(aliasesIn(branch, sources) ?? [])]);
  const isOneEach = about.every((aliases) => aliases.length === 1);
  if (!isOneEach || new Set(about.flat()).size < 2 || branches.length > mostBranches) return [];
  const { sortClause, limitCount, limitOffset, limitOption, ...rest } = query;
  const order = orderOf(sortClause ?? [], query.targetList ?? []);
  if (order === null) return [];
  const rests = conditions.filter((condition) => condition !== either);
  const selects = branches.map((branch, index): Select => {
    const others = branches.slice(0, index).map(isNotTrue);
    const whereClause = and([...rests, branch, ...others]);
    return {
      ...rest,
      limitOption: 'LIMIT_OPTION_DEFAULT',
      ...(whereClause === undefined ? {} : { whereClause }),
    };
  });
  const [first, ...more] = selects;
  if (first === undefined) return [];
  const union = more.reduce<Select>(
    (larg, rarg) => ({ limitOption: 'LIMIT_OPTION_DEFAULT', op: 'SETOP_UNION', all: true, larg, rarg }),
    first,
  );
  return [
    {
      title: 'Ask for each condition by itself',
      select: {
        ...union,
        ...(order.length === 0 ? {} : { sortClause: order }),
        ...(limitCount === undefined ? {} : { limitCount }),
        ...(limitOffset === undefined ? {} : { limitOffset }),
        ...(limitOption === undefined ? {} : { limitOption }),
      },
      answers: ['query/or-across-tables', ...answersOfPlans],
      nature: equal,
    },
  ];
};

function isNotTrue(condition: Node): Node {
  return { BooleanTest: { arg: condition, booltesttype: 'IS_NOT_TRUE' } };
}

/** What a union is sorted by are columns of its result, by name; null where one is none. */
function orderOf(items: readonly Node[], targets: readonly Node[]): Node[] | null {
  const order = items.map((item): Node | null => {
    const name =
      'SortBy' in item && item.SortBy.node !== undefined ? resultColumn(item.SortBy.node, targets) : null;
    return name === null || !('SortBy' in item) ? null : { SortBy: { ...item.SortBy, node: column(name) } };
  });
  return order.includes(null) ? null : order.flatMap((item) => item ?? []);
}
