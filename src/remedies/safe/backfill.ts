import type { ChangedRows } from '../../model/observation.ts';
import { columnReference, walk } from '../../sql/expression.ts';
import type { Node, RangeVar } from '../../sql/grammar.ts';
import { quoteIdentifier, unqualified } from '../../sql/identifier.ts';
import { topLevelKeyword } from '../../sql/keyword.ts';
import { batchRows, inBatches, primaryKey } from './batches.ts';
import { alone, type Form, type Situation } from './form.ts';

/** UPDATE and DELETE of many rows of one table, in batches by primary key. */
export const backfill: Form = (situation) => {
  const { node, observation, schema } = situation;
  const target = targetOf(node);
  if (target === null) return null;
  const changed = observation.changedRows.find(({ relation }) => unqualified(relation) === target.table);
  if (changed === undefined || rowsAtOnce(changed, situation) <= batchRows) return null;
  // Batches are told by the key: a row that got another one could come up again.
  if (primaryKey(schema, changed.relation)?.some((column) => target.set.includes(column))) return null;
  const onBatch = (condition: string) => narrowed(observation.sql, condition);
  const block = inBatches(schema, changed.relation, onBatch, quoteIdentifier(target.alias ?? target.table));
  if (block === null) return null;
  return {
    title: 'Change the rows in batches, outside of a transaction',
    steps: [alone(`${target.verb}_${target.table}_in_batches`, block)],
    advice: 'If it is interrupted, run it again: rows that are done come out the same.',
  };
};

/** The statement with another condition. What follows a comment of `--` must stand on a line of its own. */
function narrowed(sql: string, condition: string): string {
  const gap = sql.includes('--') ? '\n' : '';
  const where = topLevelKeyword(sql, 'WHERE');
  if (where === null) return `${sql}${gap || ' '}WHERE ${condition}`;
  const own = sql.slice(where + 'WHERE'.length).trim();
  return `${sql.slice(0, where)}WHERE ${condition} AND (${own}${gap})`;
}

/** Rows that the statement changes at production size, if it changes the same share of them there. */
function rowsAtOnce({ relation, updated, deleted, of }: ChangedRows, { rows }: Situation): number {
  return of === 0 ? 0 : (rows(relation) * (updated + deleted)) / of;
}

interface Target {
  readonly verb: 'update' | 'delete';
  readonly table: string;
  readonly alias: string | null;
  /** Columns that are given another value. */
  readonly set: readonly string[];
}

/** The table of a statement that changes rows of one table, each by itself; null for all others. */
function targetOf(node: Node): Target | null {
  if ('UpdateStmt' in node) {
    const {
      relation,
      fromClause,
      withClause,
      returningClause,
      targetList = [],
      whereClause,
    } = node.UpdateStmt;
    if ((fromClause ?? withClause ?? returningClause) !== undefined) return null;
    const assignments = targetList.flatMap((each) => ('ResTarget' in each ? [each.ResTarget] : []));
    const values = assignments.map(({ val }) => val);
    const set = assignments.map(({ name = '' }) => name);
    return readsColumn(values, set) ? null : targetIn('update', relation, [...values, whereClause], set);
  }
  if ('DeleteStmt' in node) {
    const { relation, usingClause, withClause, returningClause, whereClause } = node.DeleteStmt;
    if ((usingClause ?? withClause ?? returningClause) !== undefined) return null;
    return targetIn('delete', relation, [whereClause], []);
  }
  return null;
}

/** Null where the table is read besides: what a batch reads of it depends on what others have changed. */
function targetIn(
  verb: Target['verb'],
  relation: RangeVar | undefined,
  expressions: readonly unknown[],
  set: readonly string[],
): Target | null {
  if (relation?.relname === undefined) return null;
  const read = [...walk(expressions)].flatMap((each) => ('RangeVar' in each ? [each.RangeVar.relname] : []));
  if (read.includes(relation.relname)) return null;
  return { verb, table: relation.relname, alias: relation.alias?.aliasname ?? null, set };
}

/** Values that are made of what is set come out otherwise the next time: `SET salary = salary * 1.1`. */
function readsColumn(values: readonly unknown[], columns: readonly string[]): boolean {
  return [...walk(values)].some((node) => columns.includes(columnReference(node)?.at(-1) ?? ''));
}
