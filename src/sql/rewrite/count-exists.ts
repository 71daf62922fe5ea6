import { constantText } from '../comparisons.ts';
import type { Node } from '../grammar.ts';
import { answersOfPlans, equal, type Rewriter } from './rewriting.ts';
import {
  exists,
  functionName,
  isPlain,
  not,
  operatorOf,
  replaced,
  type Select,
  select,
  selectIn,
  target,
} from './tree.ts';

/** A count that is only compared with nothing, as EXISTS, which stops at the first row. */
export const countToExists: Rewriter = (query) => {
  let count = 0;
  const form = (node: Node): Node | null => {
    const question = questionOf(node);
    const inner = question === null ? null : countedIn(question.counted);
    if (question === null || inner === null) return null;
    count += 1;
    return asked(inner, question.whether);
  };
  const rewritten = wholeQuery(query) ?? replaced(query, form);
  if (rewritten === query || (count === 0 && wholeQuery(query) === null)) return [];
  return [
    {
      title: 'Ask whether there is a row, instead of counting all',
      select: rewritten,
      answers: ['query/correlated-subquery', ...answersOfPlans],
      nature: equal,
    },
  ];
};

/** `SELECT count(*) > 0 FROM ...` */
function wholeQuery(query: Select): Select | null {
  const [only, ...more] = query.targetList ?? [];
  if (only === undefined || more.length > 0 || !('ResTarget' in only) || only.ResTarget.val === undefined)
    return null;
  const question = questionOf(only.ResTarget.val);
  if (question === null || !isCount(question.counted)) return null;
  const inner = countedIn({
    SubLink: {
      subLinkType: 'EXPR_SUBLINK',
      subselect: { SelectStmt: { ...query, targetList: [target(question.counted)] } },
    },
  });
  if (inner === null) return null;
  // A column without a name is called so.
  const name = only.ResTarget.name ?? '?column?';
  return select({ targetList: [target(asked(inner, question.whether), name)] });
}

interface Question {
  readonly counted: Node;
  /** Whether it holds where there are rows, or where there are none. */
  readonly whether: boolean;
}

/** `count > 0`, `count <> 0`, `count >= 1`, `count = 0`, `count < 1`, either way round. */
function questionOf(node: Node): Question | null {
  const operator = operatorOf(node);
  if (operator === null || !('A_Expr' in node)) return null;
  const { lexpr, rexpr } = node.A_Expr;
  if (lexpr === undefined || rexpr === undefined) return null;
  const comparison = `${operator} ${constantText(rexpr) ?? ''}`;
  if (['> 0', '<> 0', '>= 1'].includes(comparison)) return { counted: lexpr, whether: true };
  if (['= 0', '< 1', '<= 0'].includes(comparison)) return { counted: lexpr, whether: false };
  return `${constantText(lexpr) ?? ''} ${operator}` === '0 <' ? { counted: rexpr, whether: true } : null;
}

function isCount(node: Node): boolean {
  return 'FuncCall' in node && functionName(node) === 'count' && node.FuncCall.over === undefined;
}

/** The rows that a subquery counts: a column is counted where it is not NULL. */
function countedIn(node: Node): Select | null {
  const inner =
    'SubLink' in node && node.SubLink.subLinkType === 'EXPR_SUBLINK'
      ? selectIn(node.SubLink.subselect)
      : null;
  const [only, ...more] = inner?.targetList ?? [];
  const value = only !== undefined && 'ResTarget' in only ? only.ResTarget.val : undefined;
  if (inner === null || value === undefined || more.length > 0 || !isCount(value) || !('FuncCall' in value))
    return null;
  const { targetList, ...rest } = inner;
  if (!isPlain(rest) || value.FuncCall.agg_filter !== undefined) return null;
  const [counted] = value.FuncCall.args ?? [];
  if (counted === undefined) return rest;
  const isGiven: Node = { NullTest: { arg: counted, nulltesttype: 'IS_NOT_NULL' } };
  const { whereClause } = rest;
  const both =
    whereClause === undefined
      ? isGiven
      : { BoolExpr: { boolop: 'AND_EXPR' as const, args: [whereClause, isGiven] } };
  return { ...rest, whereClause: both };
}

function asked(rows: Select, whether: boolean): Node {
  const question = exists(select({ ...rows, targetList: [target({ A_Const: { ival: { ival: 1 } } })] }));
  return whether ? question : not(question);
}
