import type { Remediation } from '../../model/insight.ts';
import type { Session } from '../../model/server.ts';
import type { PlannedQuery } from '../../plans/examine.ts';
import { planAll } from '../../plans/explain.ts';
import { withLiterals } from '../../sql/literals.ts';
import { type Apart, type CollectionQuery, collectionsApart } from '../../sql/rewrite/collections.ts';
import { readSelect } from '../../sql/rewrite/rewriters.ts';
import type { Tables } from '../../sql/rewrite/sources.ts';
import { parameterText } from '../rewrites/parameters.ts';
import { costInFigures } from './figures.ts';
import { keysOfType, mostKeys } from './keys.ts';

/** A query that joins collections side by side, and those that hang on the rows that are kept. */
export interface Joined {
  readonly planned: PlannedQuery;
  /** Aliases of the topmost sources that are joined to many. */
  readonly heads: readonly string[];
}

const title = 'One query for each collection';

/**
 * Writes a query for each collection, and plans them all on the twin, for as many keys as the planner expects of the first.
 * They are verified where their costs add up to less, and their rows to fewer. Null where the query cannot be taken apart.
 */
export async function tryApart(
  session: Session,
  { planned, heads }: Joined,
  tables: Tables,
): Promise<Remediation | null> {
  const query = readSelect(planned.text);
  const apart = query === null ? null : collectionsApart(query, tables, heads);
  if (apart === null) return null;
  const sums = await planApart(session, planned, apart);
  const { cost, rowsReturned } = planned.measures;
  const verified = sums !== null && sums.cost < cost && sums.rows < rowsReturned;
  return {
    kind: 'query',
    title: `${title}, ${apart.collections.length + 1} in all`,
    text: textOf(
      apart,
      verified ? `${count(sums.rows)} rows in all, in place of ${count(rowsReturned)}` : null,
    ),
    verified,
    effect: verified ? costInFigures(cost, sums.cost) : null,
    migration: null,
  };
}

function textOf({ parents, collections }: Apart, figures: string | null): string {
  const queries = [parents, ...collections.map(({ sql }) => sql)].map((sql) => `${sql};`);
  return [...(figures === null ? [] : [`-- ${figures}`]), ...queries].join('\n\n');
}

function count(rows: number): string {
  return Math.round(rows).toLocaleString('en-US');
}

interface Sums {
  readonly cost: number;
  readonly rows: number;
}

/** Planner costs and rows of all queries; null where one cannot be planned with the values that the query was planned with. */
async function planApart(
  session: Session,
  { filled, query }: PlannedQuery,
  { parents, collections }: Apart,
): Promise<Sums | null> {
  const own = Array.from({ length: query.parameterCount }, (_, index) => {
    const known = filled.find(({ number }) => number === index + 1);
    return known === undefined ? null : parameterText(known.value);
  });
  if (filled.length < query.parameterCount) return null;
  const first = await planOne(session, withLiterals(parents, own));
  if (first === null) return null;
  const sums = [first];
  for (const collection of collections) {
    const all = await planCollection(session, collection, own, Math.max(1, Math.round(first.rows)));
    if (all === null) return null;
    sums.push(all);
  }
  return sums.reduce((a, b) => ({ cost: a.cost + b.cost, rows: a.rows + b.rows }));
}

/** For so many keys, in lists of no more than a client would send at a time. */
async function planCollection(
  session: Session,
  { sql, keys, typeName }: CollectionQuery,
  own: readonly (string | null)[],
  rows: number,
): Promise<Sums | null> {
  if (keys === null) return planOne(session, withLiterals(sql, own));
  const list = keysOfType(typeName, Math.min(rows, mostKeys));
  const one = await planOne(session, withLiterals(sql, [...own.slice(0, keys - 1), list]));
  const times = Math.max(1, rows / mostKeys);
  return one === null ? null : { cost: one.cost * times, rows: one.rows * times };
}

async function planOne(session: Session, sql: string): Promise<Sums | null> {
  const [planning] = await planAll(session, [{ sql, parameterCount: 0, params: [] }]);
  if (planning?.kind !== 'planned') return null;
  return { cost: planning.plan.cost.total, rows: planning.plan.rows };
}
