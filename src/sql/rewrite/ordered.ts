import { columnReference } from '../expression.ts';
import type { Node } from '../grammar.ts';
import { resultColumn } from './result-columns.ts';
import { canonical, hasStar, type Select, target } from './tree.ts';

/** Two forms of a query as their results can be compared, whatever rows LIMIT takes of those that sort alike. */
export interface Comparable {
  readonly original: Select;
  readonly rewritten: Select;
  /** Columns of both results whose values are in the order of ORDER BY; none where no order is asked for. */
  readonly keys: readonly string[];
}

/** Null where the forms cannot be compared, since they do not take the same part of the same order. */
export function comparable(original: Select, rewritten: Select): Comparable | null {
  if (canonical(limitsOf(original)) !== canonical(limitsOf(rewritten))) return null;
  const [one, other] = [withKeys(withoutLimits(original)), withKeys(withoutLimits(rewritten))];
  if (one === null || other === null || canonical(one.keys) !== canonical(other.keys)) return null;
  return { original: one.select, rewritten: other.select, keys: one.keys };
}

function limitsOf({ limitCount, limitOffset, limitOption }: Select): readonly unknown[] {
  return [limitCount ?? null, limitOffset ?? null, limitOption ?? null];
}

function withoutLimits({ limitCount, limitOffset, ...rest }: Select): Select {
  return { ...rest, limitOption: 'LIMIT_OPTION_DEFAULT' };
}

interface Keyed {
  readonly select: Select;
  readonly keys: readonly string[];
}

/** The same query, with what it sorts by among its columns. */
function withKeys(query: Select): Keyed | null {
  const sorted = (query.sortClause ?? []).flatMap((item) =>
    'SortBy' in item ? (item.SortBy.node ?? []) : [],
  );
  if (query.larg !== undefined) {
    const names = sorted.map((node) => columnReference(node) ?? []);
    if (names.some(({ length }) => length !== 1)) return null;
    return { select: query, keys: names.flat() };
  }
  const targets = query.targetList ?? [];
  const keys = sorted.map((node, index) => resultColumn(node, targets) ?? `guardrails_key_${index + 1}`);
  const added = sorted.map((node, index) => {
    const expression = resultColumn(node, targets) === null ? expressionOf(node, targets) : undefined;
    return expression === null || expression === undefined ? expression : target(expression, keys[index]);
  });
  if (added.includes(null)) return null;
  return { select: { ...query, targetList: [...targets, ...added.flatMap((each) => each ?? [])] }, keys };
}

/** What an item of ORDER BY means: a number or a plain name stand for a column of the result. */
function expressionOf(item: Node, targets: readonly Node[]): Node | null {
  if ('A_Const' in item && item.A_Const.ival !== undefined) {
    const named = hasStar(targets) ? undefined : targets[(item.A_Const.ival.ival ?? 0) - 1];
    return named !== undefined && 'ResTarget' in named ? (named.ResTarget.val ?? null) : null;
  }
  const [name, ...more] = columnReference(item) ?? [];
  const called = targets.find((each) => 'ResTarget' in each && each.ResTarget.name === name);
  if (name === undefined || more.length > 0 || called === undefined || !('ResTarget' in called)) return item;
  return called.ResTarget.val ?? null;
}
