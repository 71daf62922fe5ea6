import { usualThroughput } from '../estimates/assumptions.ts';
import { loopSeconds } from '../estimates/one-by-one.ts';
import type { Range } from '../model/estimate.ts';
import type { Trace, TraceStatement } from '../model/trace.ts';
import { parse } from '../sql/grammar.ts';
import { mentionsOf } from '../sql/mentions.ts';
import { readFrom } from '../sql/sources.ts';
import type { Facts } from './facts.ts';
import type { TableFacts } from './facts-source.ts';
import type { RepeatedBlock } from './trace-blocks.ts';
import { readsOneByOne, writesOneRow } from './trace-queries.ts';

/** A block that writes a row of one table each time, or loads it and saves it again. */
export interface RowLoop {
  /** The first write. */
  readonly first: TraceStatement;
  readonly relation: string;
  readonly count: number;
  /** Statements for each row. */
  readonly length: number;
  /** What it goes through, if that is known. */
  readonly source: TraceStatement | null;
}

/** How a loop is expected to run at production. */
export interface ExpectedLoop {
  readonly rows: number;
  readonly seconds: Range;
}

/** Reads a block as such a loop; null where it does something else. */
export function rowLoopOf({ repetitions, source }: RepeatedBlock): RowLoop | null {
  const [sequence = []] = repetitions;
  const writes = sequence.filter(writesOneRow);
  const [first] = writes;
  const relation = first === undefined ? null : targetOf(first);
  if (first === undefined || relation === null || writes.length > 1) return null;
  const loads = sequence.filter((each) => each !== first);
  if (!loads.every(({ sql }) => readsOneByOne(sql) && tablesOf(sql).includes(relation))) return null;
  return { first, relation, count: repetitions.length, length: sequence.length, source };
}

/**
 * How the loop runs over production's rows, where it went through all rows that its source returned and that one reads a
 * whole table, be it in batches; null where that is not known.
 */
export function expectedLoop(facts: Facts, trace: Trace, loop: RowLoop): ExpectedLoop | null {
  const { source, count, relation } = loop;
  if (source === null || source.rows === null || count < source.rows) return null;
  const all = tableNamed(facts, wholeTableOf(source.sql));
  if (all === null) return null;
  const rows = Math.max(count, all.rows);
  const { controls, commits } = transactionsIn(trace, loop);
  const seconds = loopSeconds(
    {
      rows,
      roundTrips: loop.length + controls / count,
      commitsEach: commits >= count,
      indexes: (tableNamed(facts, relation) ?? all).indexes.length,
    },
    facts.change?.deploy.throughput ?? usualThroughput,
  );
  return { rows, seconds };
}

/** The table that a write changes. */
function targetOf({ sql }: TraceStatement): string | null {
  return tablesOf(sql)[0] ?? null;
}

function tablesOf(sql: string): readonly string[] {
  const parsed = parse(sql);
  return parsed.kind === 'parsed' ? mentionsOf(parsed.value).relations.map(({ name }) => name) : [];
}

/** The only table of a query that reads all of it, or the next part of it in the order of a column. */
function wholeTableOf(sql: string): string | null {
  const parsed = parse(sql);
  const node = parsed.kind === 'parsed' ? parsed.value.stmts?.[0]?.stmt : undefined;
  if (node === undefined || !('SelectStmt' in node)) return null;
  const { fromClause = [], whereClause, groupClause, distinctClause } = node.SelectStmt;
  const { sources } = readFrom(fromClause, new Map());
  const [only, ...others] = sources;
  if (only === undefined || others.length > 0 || groupClause !== undefined || distinctClause !== undefined)
    return null;
  if (whereClause !== undefined && !isBeyondKey(whereClause)) return null;
  return only.relation?.name ?? null;
}

/** `column > value`, as the next batch is asked for. */
function isBeyondKey(where: unknown): boolean {
  if (typeof where !== 'object' || where === null || !('A_Expr' in where)) return false;
  const text = JSON.stringify(where.A_Expr);
  return /"sval":">=?"/.test(text);
}

function tableNamed(facts: Facts, name: string | null): TableFacts | null {
  if (name === null) return null;
  return facts.table(`public.${name}`) ?? facts.tableCalled(name);
}

/** Transaction control between the first write of a loop and its last. */
function transactionsIn(
  { statements }: Trace,
  { first, count }: RowLoop,
): { readonly controls: number; readonly commits: number } {
  const from = statements.indexOf(first);
  const last = statements.findLastIndex(({ fingerprint }) => fingerprint === first.fingerprint);
  const within = statements.slice(from, last + 1).filter(({ control }) => control !== null);
  const before = statements.slice(0, from).findLast(({ control }) => control !== null);
  const isInTransaction = before?.control === 'begins';
  if (within.length === 0) return { controls: 0, commits: isInTransaction ? 0 : count };
  // The last one is ended after the last write.
  return { controls: within.length, commits: within.filter(({ control }) => control === 'ends').length + 1 };
}
