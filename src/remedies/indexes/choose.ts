import { alike, isWorthCovering, isWorthFurther, isWorthwhile } from './thresholds.ts';
import type { Candidate, WhatIf } from './what-if.ts';
import type { AdvisedQuery } from './workload.ts';

/** A query with the candidates that were made for it or for others like it. */
export interface Asked {
  readonly query: AdvisedQuery;
  readonly candidates: readonly Candidate[];
}

/** What decides which indexes are chosen, besides plans. */
export interface Terms {
  readonly whatIf: WhatIf;
  /** Planner cost that an index adds to all captured writes. */
  readonly writeCost: (candidate: Candidate) => number;
}

/** One or more candidates that are taken together. */
interface Item {
  readonly candidates: readonly Candidate[];
  /** Planner cost that it saves the workload, minus that of the writes, when it was last asked about. */
  readonly value: number;
  readonly isWorthwhile: boolean;
}

/** A query on the way to its indexes. */
interface Progress {
  readonly asked: Asked;
  readonly initially: number;
  readonly now: number;
}

/** How many of the most promising are asked about anew in each turn. */
const mostPromising = 8;

/**
 * Chooses the smallest set of indexes that serves all queries: the most saving one, again and again, asking the planner
 * about the rest with what was chosen; at last whatever the others have made superfluous is left out.
 */
export async function choose(asked: readonly Asked[], terms: Terms): Promise<readonly Candidate[]> {
  const hopeful = await withPotential(asked, terms);
  let items = await itemsOf(hopeful, terms);
  let chosen: readonly Candidate[] = [];
  let progress: readonly Progress[] = hopeful.map(({ progress: each }) => each);
  while (items.length > 0) {
    const best = await mostSaving(items, progress, chosen, terms);
    if (best === null) break;
    chosen = [...chosen, ...best.candidates.filter((each) => !chosen.includes(each))];
    progress = await replanned(progress, chosen, terms);
    items = items.filter(
      ({ candidates }) =>
        candidates.some((each) => !chosen.includes(each)) &&
        !best.candidates.some((one) => outdoes(one, candidates)),
    );
  }
  return withoutSuperfluous(chosen, progress, terms);
}

/** A summary of block ranges was taken for its size: a B-tree of the same column would take its place again. */
function outdoes({ definition }: Candidate, candidates: readonly Candidate[]): boolean {
  return (
    definition.method === 'brin' &&
    candidates.some(
      (each) =>
        each.definition.table === definition.table &&
        each.definition.keys[0]?.text === definition.keys[0]?.text,
    )
  );
}

interface Hopeful {
  readonly progress: Progress;
  /** Candidates that its plan uses where it sees them all. */
  readonly used: readonly Candidate[];
}

/** Queries that all candidates together make notably cheaper. */
async function withPotential(all: readonly Asked[], { whatIf }: Terms): Promise<readonly Hopeful[]> {
  // What costs little as it is cannot save much: most lookups by key need not be planned again.
  const asked = all.filter(
    ({ query: { cost, perCall } }) => cost === null || isWorthwhile(cost * perCall, 0),
  );
  const before = await whatIf.ask(asked.map(({ query }) => ({ query, shown: [], hidden: [] })));
  const after = await whatIf.ask(
    asked.map(({ query, candidates }) => ({ query, shown: candidates, hidden: [] })),
  );
  return asked.flatMap((each, place): readonly Hopeful[] => {
    const [now, best] = [before[place] ?? null, after[place] ?? null];
    if (now === null || best === null) return [];
    const { perCall } = each.query;
    if (!isWorthwhile(now.cost * perCall, best.cost * perCall)) return [];
    return [{ progress: { asked: each, initially: now.cost, now: now.cost }, used: [...best.uses] }];
  });
}

/** Each candidate by itself, and those that a plan uses together. */
async function itemsOf(hopeful: readonly Hopeful[], terms: Terms): Promise<readonly Item[]> {
  const candidates = new Set(hopeful.flatMap(({ progress }) => progress.asked.candidates));
  const together = hopeful.map(({ used }) => used).filter(({ length }) => length > 1);
  const distinct = new Map(
    together.map((set) => [
      set
        .map(({ index }) => index.oid)
        .toSorted()
        .join(),
      set,
    ]),
  );
  const progress = hopeful.map((each) => each.progress);
  const single = await valued(
    [...candidates].map((each) => [each]),
    progress,
    [],
    terms,
  );
  const alone = new Map(single.map((item) => [item.candidates[0], Math.max(0, item.value)]));
  const joint = (await valued([...distinct.values()], progress, [], terms)).filter(
    // Those that save as much one by one need not be taken together.
    (item) => item.value * alike > item.candidates.reduce((sum, each) => sum + (alone.get(each) ?? 0), 0),
  );
  return [...single, ...joint].filter(({ value }) => value > 0);
}

/** What sets of candidates save, beside what is chosen already. */
async function valued(
  sets: readonly (readonly Candidate[])[],
  progress: readonly Progress[],
  chosen: readonly Candidate[],
  { whatIf, writeCost }: Terms,
): Promise<readonly Item[]> {
  const asks = sets.flatMap((set) => {
    const tables = new Set(set.map(({ definition }) => definition.table));
    return progress
      .filter(({ asked }) => asked.candidates.some((each) => set.includes(each)))
      .filter(({ asked }) => asked.query.tables.some((table) => tables.has(table)))
      .map((each) => ({
        set,
        each,
        ask: { query: each.asked.query, shown: [...new Set([...chosen, ...set])], hidden: [] },
      }));
  });
  const answers = await whatIf.ask(asks.map(({ ask }) => ask));
  const gains = Map.groupBy(
    asks.map(({ set, each }, place) => ({ set, each, after: answers[place]?.cost ?? each.now })),
    ({ set }) => set,
  );
  return sets.map((candidates) => {
    const own = gains.get(candidates) ?? [];
    const saved = own.reduce(
      (sum, { each, after }) => sum + weightOf(each) * Math.max(0, each.now - after),
      0,
    );
    const fresh = candidates.filter((each) => !chosen.includes(each));
    return {
      candidates,
      value: saved - fresh.reduce((sum, each) => sum + writeCost(each), 0),
      isWorthwhile: own.some(({ each, after }) => isWorthwhileFor(each, after, carriesAlong(fresh))),
    };
  });
}

function weightOf({ asked: { query } }: Progress): number {
  return query.query.calls * query.perCall;
}

function isWorthwhileFor({ asked, now, initially }: Progress, after: number, isCovering: boolean): boolean {
  const { perCall } = asked.query;
  const test = isCovering ? isWorthCovering : now < initially ? isWorthFurther : isWorthwhile;
  return test(now * perCall, after * perCall);
}

function carriesAlong(candidates: readonly Candidate[]): boolean {
  return candidates.some(({ definition }) => definition.included.length > 0);
}

/** The item that saves most now, or one that saves nearly as much and is smaller; null where none is worth it. */
async function mostSaving(
  items: readonly Item[],
  progress: readonly Progress[],
  chosen: readonly Candidate[],
  terms: Terms,
): Promise<Item | null> {
  // What an item saved earlier is about the most that it can save now.
  const sorted = items.toSorted((a, b) => b.value - a.value);
  let best: Item | null = null;
  for (let start = 0; start < sorted.length; start += mostPromising) {
    const some = sorted.slice(start, start + mostPromising);
    if (best !== null && best.value >= (some[0]?.value ?? 0)) break;
    const sets = some.map(({ candidates }) => candidates);
    for (const item of await valued(sets, progress, chosen, terms)) {
      if (item.isWorthwhile && item.value > Math.max(0, best?.value ?? 0)) best = item;
    }
  }
  return best === null ? null : smallestAlike(best, sorted, progress, chosen, terms);
}

/** Of what saves nearly as much on the same table, the smallest. */
async function smallestAlike(
  best: Item,
  items: readonly Item[],
  progress: readonly Progress[],
  chosen: readonly Candidate[],
  terms: Terms,
): Promise<Item> {
  const [first, ...more] = best.candidates;
  if (first === undefined || more.length > 0) return best;
  const rivals = items.filter(
    ({ candidates: [one, ...others], value }) =>
      others.length === 0 &&
      one?.definition.table === first.definition.table &&
      value >= best.value * alike &&
      burdenOf(one) < burdenOf(first),
  );
  const sets = rivals.map(({ candidates }) => candidates);
  const now = await valued(sets, progress, chosen, terms);
  const alikes = now.filter((item) => item.isWorthwhile && item.value >= best.value * alike);
  const [smallest] = alikes.toSorted((a, b) => itemBurden(a) - itemBurden(b));
  return smallest !== undefined && itemBurden(smallest) < itemBurden(best) ? smallest : best;
}

function itemBurden({ candidates }: Item): number {
  return candidates.reduce((sum, each) => sum + burdenOf(each), 0);
}

/** Bytes, and a remark's worth of them for each further column and for a condition that queries have to keep to. */
function burdenOf({ bytes, definition: { keys, included, predicate } }: Candidate): number {
  return bytes * 1.1 ** (keys.length - 1) * 1.2 ** included.length * (predicate === null ? 1 : 1.25);
}

async function replanned(
  progress: readonly Progress[],
  chosen: readonly Candidate[],
  { whatIf }: Terms,
): Promise<readonly Progress[]> {
  const answers = await whatIf.ask(
    progress.map(({ asked }) => ({ query: asked.query, shown: chosen, hidden: [] })),
  );
  return progress.map((each, place) => ({ ...each, now: answers[place]?.cost ?? each.now }));
}

/** Leaves out what no query misses, the least used first. */
async function withoutSuperfluous(
  chosen: readonly Candidate[],
  progress: readonly Progress[],
  terms: Terms,
): Promise<readonly Candidate[]> {
  let kept = chosen;
  for (const candidate of chosen) {
    const rest = kept.filter((each) => each !== candidate);
    const [without, withIt] = [
      await replanned(progress, rest, terms),
      await replanned(progress, kept, terms),
    ];
    const lost = withIt.map((each, place) => ({ each, lost: (without[place]?.now ?? each.now) - each.now }));
    const total = lost.reduce((sum, { each, lost: more }) => sum + weightOf(each) * more, 0);
    const isMissed = lost.some(({ each, lost: more }) =>
      isWorthwhile((each.now + more) * each.asked.query.perCall, each.now * each.asked.query.perCall),
    );
    if (!isMissed || total <= terms.writeCost(candidate)) kept = rest;
  }
  return kept;
}
