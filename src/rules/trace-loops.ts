import type { Trace, TraceStatement } from '../model/trace.ts';
import type { Tables } from '../sql/rewrite/sources.ts';
import { type RepeatedBlock, repeatedBlocks } from './trace-blocks.ts';
import { readsOneByOne } from './trace-queries.ts';
import { isLinked, sourceOf } from './trace-sources.ts';

/** A query that is sent again and again, with other values each time. */
export interface Loop {
  /** All of its executions, in their order. */
  readonly statements: readonly TraceStatement[];
  /** The query whose rows it is sent for, as far as can be told; null where none before it returned several. */
  readonly source: TraceStatement | null;
  /** The query in whose own loop this one runs, and how often that is sent; null where it is the only loop. */
  readonly within: { readonly statement: TraceStatement; readonly count: number } | null;
  /** Other queries that stand in its place for some of the rows, as where the table depends on the row. */
  readonly others: number;
}

/** What a trace repeats. */
export interface Repetition {
  readonly loops: readonly Loop[];
  /** Two or more queries that follow each other in the same order. */
  readonly sequences: readonly RepeatedBlock[];
}

/** Two are no loop. */
const fewest = 3;

/** Executions of several queries in one loop that are worth a word, where none of them alone is. */
const fewestTogether = 5;

/**
 * Finds the loops of a trace: one query over and over, queries whose number differs from row to row (a loop within a
 * loop), and those of which each row needs another one.
 *
 * @param tables tell by foreign keys and names which of the queries before a loop it goes through
 */
export function repetitionOf(trace: Trace, tables: Tables): Repetition {
  const found = known.get(tables) ?? new WeakMap<Trace, Repetition>();
  known.set(tables, found);
  const repetition = found.get(trace) ?? findRepetition(trace, tables);
  found.set(trace, repetition);
  return repetition;
}

/** Several rules ask about each trace. */
const known = new WeakMap<Tables, WeakMap<Trace, Repetition>>();

function findRepetition(trace: Trace, tables: Tables): Repetition {
  const blocks = repeatedBlocks(trace);
  const queries = trace.statements.filter(({ fingerprint }) => fingerprint !== null);
  const runs = irregularRuns(queries, blocks);
  const inRuns = new Set(runs.flat());
  const regular = blocks.filter(({ repetitions }) => !repetitions.flat().some((each) => inRuns.has(each)));
  const alone = regular.filter(
    ({ repetitions }) => repetitions[0]?.length === 1 && repetitions.length >= fewest,
  );
  return {
    loops: [
      ...alone.map(({ repetitions }): Loop => {
        const statements = repetitions.flat();
        return { statements, source: sourceOf(queries, statements, tables), within: null, others: 0 };
      }),
      ...runs.flatMap((run) => loopsIn(run, queries, tables)),
    ],
    sequences: regular.filter(({ repetitions }) => (repetitions[0]?.length ?? 0) > 1),
  };
}

/** Stretches of queries that ask for one row's worth each and come again, in no fixed order. */
function irregularRuns(
  queries: readonly TraceStatement[],
  blocks: readonly RepeatedBlock[],
): readonly (readonly TraceStatement[])[] {
  const counts = Map.groupBy(queries, ({ fingerprint }) => fingerprint);
  const oneByOne = new Map(
    [...counts].map(([fingerprint, [first]]) => [
      fingerprint,
      first !== undefined && readsOneByOne(first.sql),
    ]),
  );
  const runs: TraceStatement[][] = [[]];
  for (const query of queries) {
    const isAgain = (counts.get(query.fingerprint)?.length ?? 0) > 1;
    if (isAgain && oneByOne.get(query.fingerprint) === true) runs.at(-1)?.push(query);
    else runs.push([]);
  }
  return runs.filter((run) => {
    const shapes = new Set(run.map(({ fingerprint }) => fingerprint)).size;
    if (shapes < 2 || run.length < fewestTogether) return false;
    const inRun = new Set(run);
    const largest = Math.max(
      0,
      ...blocks
        .map(({ repetitions }) => repetitions.flat())
        .map((block) => block.filter((each) => inRun.has(each)).length),
    );
    // What one block covers but for its ends is a loop or a sequence like any other.
    const loose = run.length - largest;
    return loose >= shapes && !isBlockAfterBlock(run, blocks);
  });
}

/** Loops one after the other, each of which is over before the next begins. */
function isBlockAfterBlock(run: readonly TraceStatement[], blocks: readonly RepeatedBlock[]): boolean {
  const seen = new Set<string | null>();
  const blockOf = new Map(
    blocks.flatMap((block) => block.repetitions.flat().map((each) => [each, block] as const)),
  );
  let last: string | null = null;
  let lastBlock: RepeatedBlock | undefined;
  for (const query of run) {
    const block = blockOf.get(query);
    const isSameBlock = block !== undefined && block === lastBlock;
    if (!isSameBlock && query.fingerprint !== last && seen.has(query.fingerprint)) return false;
    seen.add(query.fingerprint);
    [last, lastBlock] = [query.fingerprint, block];
  }
  return true;
}

function loopsIn(
  run: readonly TraceStatement[],
  queries: readonly TraceStatement[],
  tables: Tables,
): readonly Loop[] {
  const source = sourceOf(queries, run, tables);
  const groups = [...Map.groupBy(run, ({ fingerprint }) => fingerprint).values()].toSorted(
    (a, b) => b.length - a.length,
  );
  const [most = []] = groups;
  if (most.length < fewestTogether)
    return [{ statements: run, source, within: null, others: groups.length - 1 }];
  return groups.map((statements): Loop => {
    const outer = groups.find((group) => group !== statements && isWithin(statements, group, run, tables));
    const [first] = outer ?? [];
    return {
      statements,
      source: first ?? source,
      within: first === undefined ? null : { statement: first, count: outer?.length ?? 0 },
      others: 0,
    };
  });
}

/** Whether each stretch of a query comes after another one, whose row it asks about. */
function isWithin(
  inner: readonly TraceStatement[],
  outer: readonly TraceStatement[],
  run: readonly TraceStatement[],
  tables: Tables,
): boolean {
  const [first, driver] = [inner[0], outer[0]];
  if (first === undefined || driver === undefined || run.indexOf(driver) > run.indexOf(first)) return false;
  return isLinked(driver, first, tables);
}
