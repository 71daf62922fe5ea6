import type { ColumnOrigin, ResultColumn } from '../model/result.ts';
import { alterations, creations, drops, type Presence } from './alterations.ts';
import type { Facts } from './facts.ts';
import type { PlanFacts, StatementFacts } from './facts-source.ts';
import { type ResultChange, resultChanges } from './result-changes.ts';
import { returnedAs } from './returned-as.ts';
import type { ObjectOf } from './schema-facts.ts';
import { type Usage, usageOf } from './usage.ts';

/** A query of the running version whose result is another one at head. */
export interface ChangedResult {
  readonly usage: Usage;
  readonly changes: readonly ResultChange[];
}

/** A column that the change brings or alters, and the queries in whose results that shows. */
export interface ColumnInResults {
  readonly column: ObjectOf<'column'>;
  readonly by: StatementFacts | null;
  readonly results: readonly ChangedResult[];
}

/** Queries that the running version sends, with what differs in their results and other rules do not tell. */
export function changedResults(facts: Facts): readonly ChangedResult[] {
  const isTold = toldElsewhere(facts);
  return facts.planChanges.flatMap(({ query, base: planned }): readonly ChangedResult[] => {
    const { base, head } = facts.results;
    const [before, after] = [base.get(query.fingerprint), head.get(query.fingerprint)];
    if (before === undefined || after === undefined) return [];
    if (facts.sendersOf(query).every(({ version }) => version === 'new')) return [];
    const changes = resultChanges(before, after, canTellNulls(planned)).filter((change) => !isTold(change));
    return changes.length === 0 ? [] : [{ usage: usageOf(query, planned), changes }];
  });
}

/** Columns of one table that one statement adds to results, or takes from them. */
export interface ColumnsInResults {
  readonly kind: 'added' | 'removed';
  readonly columns: readonly [ColumnInResults, ...ColumnInResults[]];
}

/** Columns that the change adds to results or takes from them: those of one statement and table together. */
export function columnsInResults(
  facts: Facts,
  results: readonly ChangedResult[],
): readonly ColumnsInResults[] {
  return [
    ...grouped('added', creations(facts, 'column'), results),
    ...grouped('removed', drops(facts, 'column'), results),
  ];
}

function grouped(
  kind: ColumnsInResults['kind'],
  columns: readonly Presence<'column'>[],
  results: readonly ChangedResult[],
): readonly ColumnsInResults[] {
  const found = columns.flatMap(({ object, by }): readonly ColumnInResults[] => {
    const having = results.filter(({ changes }) =>
      changes.some((change) => change.kind === kind && isOf(change.column.origin, object)),
    );
    return having.length === 0 ? [] : [{ column: object, by, results: having }];
  });
  const byStatement = [...Map.groupBy(found, ({ by }) => by).values()];
  return byStatement
    .flatMap((group) => [...Map.groupBy(group, ({ column }) => column.table).values()])
    .flatMap(([first, ...rest]) => (first === undefined ? [] : [{ kind, columns: [first, ...rest] }]));
}

/** Columns whose type differs in a way that only prepared statements feel, such as a longer varchar. */
export function retypedInResults(
  facts: Facts,
  results: readonly ChangedResult[],
): readonly (ColumnInResults & { readonly before: ObjectOf<'column'> })[] {
  return retypedColumns(facts).flatMap(({ before, after, by }) => {
    const having = results.filter(({ changes }) =>
      changes.some((change) => change.kind === 'retyped' && isOf(change.before.origin, before)),
    );
    return having.length === 0 ? [] : [{ before, column: after, by, results: having }];
  });
}

function retypedColumns(facts: Facts) {
  return alterations(facts, ['column'], (before, after) => before.type !== after.type);
}

/** Whether a change of a result is that of a column which the change adds, drops, or gives another type. */
export function isOfColumn(facts: Facts): (change: ResultChange) => boolean {
  const created = creations(facts, 'column').map(({ object }) => object);
  const dropped = drops(facts, 'column').map(({ object }) => object);
  const retyped = retypedColumns(facts).map(({ before }) => before);
  const isAmong = (columns: readonly ObjectOf<'column'>[], { origin }: ResultColumn) =>
    columns.some((column) => isOf(origin, column));
  return (change) => {
    switch (change.kind) {
      case 'added':
        return isAmong(created, change.column);
      case 'removed':
        return isAmong(dropped, change.column);
      case 'retyped':
        return isAmong(retyped, change.before);
      case 'reordered':
      case 'nullable':
      case 'parameter':
        return false;
      default:
        return change satisfies never;
    }
  };
}

function isOf(origin: ColumnOrigin | null, { table, name }: ObjectOf<'column'>): boolean {
  return origin !== null && origin.table === table && origin.column === name;
}

/**
 * What rules about columns tell, with the queries that use them: dropped and renamed ones, other types that make a
 * difference to code, and NOT NULL that is lost.
 */
function toldElsewhere(facts: Facts): (change: ResultChange) => boolean {
  const renamed = alterations(facts, ['column'], (before, after) => before.name !== after.name);
  const dropped = drops(facts, 'column').filter(({ object }) => facts.table(object.table) !== null);
  const retyped = alterations(
    facts,
    ['column'],
    (before, after) => returnedAs(before.type) !== returnedAs(after.type),
  );
  const loosened = alterations(facts, ['column'], (before, after) => before.notNull && !after.notNull);
  return (change) => {
    switch (change.kind) {
      case 'added':
        return renamed.some(({ after }) => isOf(change.column.origin, after));
      case 'removed':
        return (
          renamed.some(({ before }) => isOf(change.column.origin, before)) ||
          dropped.some(({ object }) => isOf(change.column.origin, object))
        );
      case 'retyped':
        return retyped.some(({ before }) => isOf(change.before.origin, before));
      case 'nullable':
        return loosened.some(({ before }) => isOf(change.before.origin, before));
      case 'parameter':
        // A parameter has the type of what it is compared with.
        return retyped.some(({ before }) => before.type === change.before);
      case 'reordered':
        return false;
      default:
        return change satisfies never;
    }
  };
}

/** Whether what is NOT NULL in its table is so in a result: nothing of the query puts NULLs in its place. */
function canTellNulls({ measures, query }: PlanFacts): boolean {
  const isOuter = measures.nodes.some(
    ({ node: { operation } }) =>
      operation.kind === 'join' && ['Left', 'Right', 'Full'].includes(operation.type),
  );
  return !isOuter && !/\b(?:union|intersect|except|rollup|cube|grouping\s+sets)\b/i.test(query.sql);
}
