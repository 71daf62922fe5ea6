import { z } from 'zod';
import type { Session } from '../../../src/model/server.ts';

/** A node of EXPLAIN's JSON: all of it, since the whole plan is compared. */
type Node = Readonly<Record<string, unknown>>;

const root = z.tuple([z.object({ Plan: z.record(z.string(), z.unknown()) })]);
const nodes = z.array(z.record(z.string(), z.unknown()));

/** A query's plan, or a node of it, in the loaded database and in its twin. */
export interface Comparison {
  readonly sql: string;
  readonly real: Node;
  readonly twin: Node;
}

export async function compare(
  real: Session,
  twin: Session,
  queries: readonly string[],
): Promise<readonly Comparison[]> {
  return Promise.all(
    queries.map(async (sql) => ({ sql, real: await planOf(real, sql), twin: await planOf(twin, sql) })),
  );
}

async function planOf(session: Session, sql: string): Promise<Node> {
  const [row] = await session.query(`EXPLAIN (FORMAT JSON) ${sql}`);
  return root.parse(row?.['QUERY PLAN'])[0].Plan;
}

function childrenOf(node: Node): readonly Node[] {
  return nodes.parse(node['Plans'] ?? []);
}

/** What the planner estimates; all else is the plan's shape. */
const estimates: ReadonlySet<string> = new Set([
  'Startup Cost',
  'Total Cost',
  'Plan Rows',
  'Plan Width',
  'Plans',
]);

/** Everything that the plan does: nodes, indexes, conditions, workers. */
function shapeOf(node: Node): unknown {
  const own = Object.entries(node).filter(([key]) => !estimates.has(key));
  return [Object.fromEntries(own), childrenOf(node).map(shapeOf)];
}

export function hasSameShape({ real, twin }: Comparison): boolean {
  return JSON.stringify(shapeOf(real)) === JSON.stringify(shapeOf(twin));
}

/** All nodes of two plans of one shape, in pairs. */
export function pairs({ sql, real, twin }: Comparison): readonly Comparison[] {
  const theirs = childrenOf(twin);
  const below = childrenOf(real).flatMap((child, index) => {
    const other = theirs[index];
    return other === undefined ? [] : pairs({ sql, real: child, twin: other });
  });
  return [{ sql, real, twin }, ...below];
}

/** What the twin's estimate is off by, of the real one. */
export function deviation({ real, twin }: Comparison, estimate: 'Total Cost' | 'Plan Rows'): number {
  const [a, b] = [Number(real[estimate]), Number(twin[estimate])];
  return a === b ? 0 : Math.abs(a - b) / Math.max(Math.abs(a), 1e-9);
}

export const tolerance = 0.01;

/** Costs are printed with two digits. */
const rounding = 0.011;

/**
 * Why an index scan's cost may be another: a descent costs 50 operators for each level of a B-tree (btcostestimate in
 * selfuncs.c), and the twin's has one level, since its root is that of an empty index; so with the counts that the
 * first page of a GIN index holds.
 */
function reasonOf(pair: Comparison, methodOf: ReadonlyMap<string, string>): string | null {
  // With the same statistics, rows differ only where the planner asked the index itself.
  const condition = String(pair.real['Index Cond'] ?? pair.real['Filter'] ?? '');
  const asksTheIndex =
    /[<>]/.test(condition) && deviation(pair, 'Plan Rows') > 0 && deviation(pair, 'Total Cost') <= atTheEnds;
  if (asksTheIndex) return 'first or last value of an index';
  const index = pair.real['Index Name'];
  if (typeof index !== 'string') return null;
  const method = methodOf.get(index) ?? '';
  if (method === 'gin') return 'GIN: counts of entries';
  const difference = Number(pair.real['Total Cost']) - Number(pair.twin['Total Cost']);
  const levels = difference / 0.125;
  const isWhole = Math.abs(levels - Math.round(levels)) * 0.125 <= rounding;
  return method === 'btree' && difference > 0 && isWhole ? 'B-tree: height' : null;
}

/**
 * How far costs may be off where a range begins or ends within the outermost part of a histogram: there the planner looks
 * the first or last value up in the index (get_actual_variable_range in selfuncs.c), and the twin's is empty.
 */
const atTheEnds = 0.05;

/** A query whose cost is off by more than the tolerance, and why; null where nothing explains it. */
export function difference(
  compared: Comparison,
  methodOf: ReadonlyMap<string, string>,
): { readonly sql: string; readonly by: string; readonly reason: string | null } | null {
  const off = deviation(compared, 'Total Cost');
  if (off <= tolerance) return null;
  const leaves = pairs(compared).filter(({ real }) => childrenOf(real).length === 0);
  const differing = leaves.filter(({ real, twin }) => real['Total Cost'] !== twin['Total Cost']);
  const reasons = differing.map((leaf) => reasonOf(leaf, methodOf) ?? withinTolerance(leaf));
  const known = reasons.every((reason) => reason !== null) && reasons.some((reason) => reason !== '');
  return {
    sql: compared.sql,
    by: `${(off * 100).toFixed(1)} %`,
    reason: known ? [...new Set(reasons.filter((reason) => reason !== ''))].join(', ') : null,
  };
}

function withinTolerance(leaf: Comparison): '' | null {
  return deviation(leaf, 'Total Cost') <= tolerance ? '' : null;
}
