import type { ReviewedQuery } from '../model/reviewed-query.ts';
import { formatCount } from './wording.ts';

type PlanChange = NonNullable<ReviewedQuery['difference']>['changes'][number];

/** Longest condition in a sentence, in characters. */
const longestText = 120;

/** What is done otherwise than at base, as a sentence in which names and code stand between backticks. */
export function planChangeInWords({ kind, on, before, after }: PlanChange): string {
  const tables = quoted(on);
  switch (kind) {
    case 'access':
      return `${quoted(after)} on ${tables} in place of ${quoted(before)}`;
    case 'index':
      return `${tables} is read through ${quoted(after)} instead of ${quoted(before)}`;
    case 'condition':
      return `the index on ${tables} is asked for ${quoted(after)} instead of ${quoted(before)}`;
    case 'filter':
      return [
        ...(before === null ? [] : [`${tables} is no longer filtered by ${quoted(before)}`]),
        ...(after === null ? [] : [`${tables} is filtered by ${quoted(after)}`]),
      ].join('; ');
    case 'join method':
      return `${tables} are joined by ${quoted(after)} instead of ${quoted(before)}`;
    case 'join order':
      return `${tables} are joined with each other first, by ${quoted(after)}`;
    case 'uniqueness':
      return after === null
        ? `the planner no longer knows that rows of ${tables} have at most one match`
        : `the planner knows that rows of ${tables} have at most one match`;
    case 'relation':
      return after === null
        ? `${tables} is no longer read`
        : `${tables} is read as well, by ${quoted(after)}`;
    case 'sort':
      return after === null
        ? `rows are no longer sorted by ${quoted(before)}`
        : before === null
          ? `rows are sorted by ${quoted(after)}, which was not needed before`
          : `${quoted(after)} in place of ${quoted(before)}`;
    case 'aggregate':
      return `rows of ${tables} are grouped ${after ?? 'no longer'}${before === null ? '' : `, before ${before}`}`;
    case 'parallelism':
      return after === null
        ? `no longer in parallel (${before} before)`
        : `in parallel by ${after}${before === null ? '' : ` instead of ${before}`}`;
    case 'partitions':
      return `${count(after)} partitions of ${tables} are read instead of ${count(before)}`;
    case 'rows':
      return `${count(after)} rows of ${tables} are expected instead of ${count(before)}`;
    case 'width':
      return `rows of ${tables} are ${count(after)} bytes wide instead of ${count(before)}`;
    case 'cost':
      return `the same reading of ${tables} costs ${count(after)} instead of ${count(before)}`;
    default:
      return kind satisfies never;
  }
}

function quoted(text: string | null): string {
  const words = (text ?? 'nothing').replaceAll('`', "'");
  return `\`${words.length > longestText ? `${words.slice(0, longestText - 1).toWellFormed()}…` : words}\``;
}

function count(figure: string | null): string {
  return formatCount(Number(figure ?? 0));
}
