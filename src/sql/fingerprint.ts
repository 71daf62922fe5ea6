import { createHash } from 'node:crypto';

/**
 * Hash of a statement's shape: equal for statements that differ in constants, parameters, lengths of lists, white
 * space and comments, and in nothing else. It is taken from the syntax tree; libpg_query's own fingerprint is meant
 * for monitoring and leaves out what a plan depends on (two tables under one alias are one to it, and so are two
 * whose names differ in a number).
 */
export function fingerprintOf(tree: unknown): string {
  return createHash('sha1').update(canonical(tree, '')).digest('hex').slice(0, 16);
}

/** Fields of the tree that say where something stands. */
const positions: ReadonlySet<string> = new Set([
  'location',
  'stmt_location',
  'stmt_len',
  'list_start',
  'list_end',
  'rexpr_list_start',
  'rexpr_list_end',
]);

/** Fields in which a constant is the number of a column, which is no value. */
const columnNumbers: ReadonlySet<string> = new Set(['groupClause', 'SortBy']);

/** Fields with lists of values, whose length is no matter of shape: IN (...), ARRAY[...], VALUES. */
const valueLists: ReadonlySet<string> = new Set(['AEXPR_IN', 'A_ArrayExpr', 'valuesLists']);

/**
 * @param within the field or node type that the value stands in
 */
function canonical(value: unknown, within: string): string {
  if (Array.isArray(value)) {
    const items = value.map((each) => canonical(each, within));
    return `[${(valueLists.has(within) ? withoutRepetition(items) : items).join()}]`;
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if ('ParamRef' in value) return '?';
  if ('A_Const' in value && !columnNumbers.has(within)) return '?';
  const place = 'kind' in value && value.kind === 'AEXPR_IN' ? 'AEXPR_IN' : null;
  const entries = Object.entries(value).flatMap(([key, each]) =>
    positions.has(key) ? [] : [`${key}:${canonical(each, place ?? fieldOf(key, within))}`],
  );
  return `{${entries.join()}}`;
}

/** A list is wrapped in nodes of no meaning of their own; what it is a list of holds on through them. */
function fieldOf(key: string, within: string): string {
  return key === 'List' || key === 'items' || key === 'node' || key === 'elements' ? within : key;
}

/** Items that say the same are said once. */
function withoutRepetition(items: readonly string[]): readonly string[] {
  return [...new Set(items)];
}
