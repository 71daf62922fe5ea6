import type { Column, Table } from '../../model/catalogue.ts';
import { columnReference, walk } from '../expression.ts';
import { type Node, parse } from '../grammar.ts';
import { type BulkValue, BulkValues } from './bulk-values.ts';
import type { Tables } from './sources.ts';
import {
  and,
  column,
  compare,
  conjuncts,
  operatorOf,
  replaced,
  type Select,
  select,
  target,
} from './tree.ts';
import { write } from './write.ts';

/** A statement that writes a row, written for many rows. */
export interface Bulk {
  readonly table: Table;
  readonly kind: 'insert' | 'update' | 'delete';
  /** With `$1` for what differs first, `$2` ... */
  readonly one: string;
  /** The same parameters, each an array. */
  readonly many: string;
  readonly values: readonly BulkValue[];
  /** Columns that the statement itself gives a value. */
  readonly written: readonly string[];
}

type Insert = Extract<Node, { InsertStmt: unknown }>['InsertStmt'];
type Update = Extract<Node, { UpdateStmt: unknown }>['UpdateStmt'];
type Delete = Extract<Node, { DeleteStmt: unknown }>['DeleteStmt'];

/** Writes a statement for many rows; null where it does more than write values that it is given. */
export function bulkOf(sql: string, tables: Tables): Bulk | null {
  const parsed = parse(sql);
  const node = parsed.kind === 'parsed' ? parsed.value.stmts?.[0]?.stmt : undefined;
  if (node === undefined) return null;
  if ('InsertStmt' in node) return bulkInsert(node.InsertStmt, tables);
  if ('UpdateStmt' in node) return bulkUpdate(node.UpdateStmt, tables);
  return 'DeleteStmt' in node ? bulkDelete(node.DeleteStmt, tables) : null;
}

function tableOf(relation: Insert['relation'], tables: Tables): Table | null {
  return relation?.relname === undefined ? null : tables(relation.schemaname ?? null, relation.relname);
}

/** Whether a node is a value that the statement is given. */
function isGiven(node: Node): boolean {
  const inner = 'TypeCast' in node ? node.TypeCast.arg : node;
  return inner !== undefined && ('ParamRef' in inner || 'A_Const' in inner);
}

/** Whether an expression holds a parameter that does not stand alone. */
function hasParameter(node: Node): boolean {
  return walk(node).some((each) => 'ParamRef' in each);
}

function bulkInsert(insert: Insert, tables: Tables): Bulk | null {
  const table = tableOf(insert.relation, tables);
  const source = insert.selectStmt;
  const row = source !== undefined && 'SelectStmt' in source ? source.SelectStmt.valuesLists : undefined;
  const items = row?.[0] !== undefined && 'List' in row[0] ? (row[0].List.items ?? []) : [];
  const columns = insert.cols ?? [];
  if (
    table === null ||
    row?.length !== 1 ||
    columns.length !== items.length ||
    insert.withClause !== undefined
  )
    return null;
  const values = new BulkValues();
  const pairs = items.map((item, index) => {
    const cell = columns[index];
    const name = cell !== undefined && 'ResTarget' in cell ? cell.ResTarget.name : undefined;
    const into = table.columns.find((each) => each.name === name);
    if (cell === undefined || into === undefined || (!isGiven(item) && hasParameter(item))) return null;
    if ('SetToDefault' in item) return [];
    const { listed, parameter } = isGiven(item) ? values.add(into, false) : { listed: item, parameter: item };
    return [{ cell, listed, parameter, name: into.name }];
  });
  const { list } = values;
  if (pairs.includes(null) || !values.areSimple || list === null) return null;
  const known = pairs.flatMap((each) => each ?? []);
  const cols = known.map(({ cell }) => cell);
  const one: Node = {
    InsertStmt: {
      ...insert,
      cols,
      selectStmt: {
        SelectStmt: select({ valuesLists: [{ List: { items: known.map(({ parameter }) => parameter) } }] }),
      },
    },
  };
  const rows: Select = select({
    targetList: known.map(({ listed }) => target(listed)),
    fromClause: [list],
  });
  const many: Node = { InsertStmt: { ...insert, cols, selectStmt: { SelectStmt: rows } } };
  return toBulk(
    'insert',
    table,
    one,
    many,
    values,
    known.map(({ name }) => name),
  );
}

function bulkUpdate(update: Update, tables: Tables): Bulk | null {
  const table = tableOf(update.relation, tables);
  if (table === null || update.fromClause !== undefined || update.withClause !== undefined) return null;
  const alias = update.relation?.alias?.aliasname ?? table.name;
  const values = new BulkValues();
  const where = keysOf(update.whereClause, table, alias, values);
  if (where === null) return null;
  const sets = (update.targetList ?? []).map((item) => {
    if (!('ResTarget' in item) || item.ResTarget.val === undefined) return null;
    const { name, val } = item.ResTarget;
    const into = table.columns.find((each) => each.name === name);
    if (into === undefined) return null;
    if (isGiven(val)) {
      const { listed, parameter } = values.add(into, false);
      return { listed: target(listed, into.name), parameter: target(parameter, into.name), name: into.name };
    }
    if (hasParameter(val) && into.typeKind !== 'base') return null;
    // What is added to a column, say, is of its type.
    const given = new Map<Node, { readonly listed: Node; readonly parameter: Node }>();
    for (const each of walk(val)) if ('ParamRef' in each) given.set(each, values.add(into, false));
    const [first] = given.values();
    if (given.size > 1) return null;
    const inOne = replaced({ val }, (each) => ('ParamRef' in each ? (first?.parameter ?? null) : null)).val;
    const inMany = replaced({ val: qualified(val, alias) }, (each) =>
      'ParamRef' in each ? (first?.listed ?? null) : null,
    ).val;
    return { listed: target(inMany, into.name), parameter: target(inOne, into.name), name: into.name };
  });
  const { list } = values;
  if (sets.includes(null) || !values.areSimple || list === null) return null;
  const known = sets.flatMap((each) => each ?? []);
  const one: Node = {
    UpdateStmt: { ...update, targetList: known.map(({ parameter }) => parameter), ...conditionOf(where.one) },
  };
  const many: Node = {
    UpdateStmt: {
      ...update,
      targetList: known.map(({ listed }) => listed),
      fromClause: [list],
      ...conditionOf(where.many),
      ...qualifiedReturning(update.returningClause, alias),
    },
  };
  return toBulk(
    'update',
    table,
    one,
    many,
    values,
    known.map(({ name }) => name),
  );
}

function bulkDelete(deletion: Delete, tables: Tables): Bulk | null {
  const table = tableOf(deletion.relation, tables);
  if (table === null || deletion.usingClause !== undefined || deletion.withClause !== undefined) return null;
  const alias = deletion.relation?.alias?.aliasname ?? table.name;
  const values = new BulkValues();
  const where = keysOf(deletion.whereClause, table, alias, values);
  const { list } = values;
  if (where === null || !values.areSimple || list === null) return null;
  const one: Node = { DeleteStmt: { ...deletion, ...conditionOf(where.one) } };
  const many: Node = {
    DeleteStmt: {
      ...deletion,
      usingClause: [list],
      ...conditionOf(where.many),
      ...qualifiedReturning(deletion.returningClause, alias),
    },
  };
  return toBulk('delete', table, one, many, values, []);
}

interface Conditions {
  readonly one: readonly Node[];
  readonly many: readonly Node[];
}

/** Conditions with the keys of a row as parameters, and as columns of the list; null where none is such. */
function keysOf(where: Node | undefined, table: Table, alias: string, values: BulkValues): Conditions | null {
  const conditions = conjuncts(where).map((condition) => {
    const key = keyIn(condition, table);
    if (key === null) {
      return hasParameter(condition) ? null : { one: condition, many: qualified(condition, alias) };
    }
    const { listed, parameter } = values.add(key, true);
    return {
      one: compare(column(key.name), '=', parameter),
      many: compare(column(alias, key.name), '=', listed),
    };
  });
  if (conditions.includes(null) || values.all.length === 0) return null;
  const known = conditions.flatMap((each) => each ?? []);
  return { one: known.map(({ one }) => one), many: known.map(({ many }) => many) };
}

function keyIn(condition: Node, table: Table): Column | null {
  if (operatorOf(condition) !== '=' || !('A_Expr' in condition)) return null;
  const { lexpr, rexpr } = condition.A_Expr;
  if (lexpr === undefined || rexpr === undefined || !isGiven(rexpr)) return null;
  const name = columnReference(lexpr)?.at(-1);
  return table.columns.find((each) => each.name === name) ?? null;
}

function conditionOf(conditions: readonly Node[]): { readonly whereClause?: Node } {
  const whereClause = and(conditions);
  return whereClause === undefined ? {} : { whereClause };
}

/** The list has columns of the same names. */
function qualified(node: Node, alias: string): Node {
  return replaced({ node }, (each) => {
    const parts = columnReference(each);
    const [name] = parts ?? [];
    if (parts?.length !== 1 || name === undefined) return null;
    return name === '*' ? starOf(alias) : column(alias, name);
  }).node;
}

function qualifiedReturning(
  clause: Update['returningClause'],
  alias: string,
): { readonly returningClause?: NonNullable<Update['returningClause']> } {
  if (clause === undefined) return {};
  const exprs = (clause.exprs ?? []).map((each) => qualified(each, alias));
  return { returningClause: { ...clause, exprs } };
}

function starOf(alias: string): Node {
  return { ColumnRef: { fields: [{ String: { sval: alias } }, { A_Star: {} }] } };
}

function toBulk(
  kind: Bulk['kind'],
  table: Table,
  one: Node,
  many: Node,
  values: BulkValues,
  written: readonly string[],
): Bulk | null {
  const [single, several] = [write(one), write(many)];
  if (single === null || several === null) return null;
  return { table, kind, one: single, many: several, values: values.all, written };
}
