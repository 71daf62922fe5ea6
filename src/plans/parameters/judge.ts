import type { Examination, PlannedQuery, PlannedVariant } from '../examine.ts';

/** Variants whose values somebody has: what is planned for any value only where there is no other. */
export function realVariants(variants: readonly PlannedVariant[]): readonly PlannedVariant[] {
  const real = variants.filter(({ parameters }) => parameters !== 'generic');
  return real.length > 0 ? real : variants;
}

/** What costs nearly as much as the worst is as good an example of it: from this share of its cost on. */
const nearly = 0.8;

/** The variant that a query is judged by: the costliest that real values produce. */
export function worstOf(variants: readonly PlannedVariant[]): PlannedVariant | undefined {
  return costliest(realVariants(variants), (variant) => variant);
}

/** The costliest, or a captured one that is about as costly: what was sent tells more than what may be sent. */
function costliest<T>(all: readonly T[], variantOf: (item: T) => PlannedVariant): T | undefined {
  const sorted = all.toSorted((a, b) => variantOf(b).measures.cost - variantOf(a).measures.cost);
  const [worst] = sorted;
  if (worst === undefined) return undefined;
  const enough = variantOf(worst).measures.cost * nearly;
  return (
    sorted.find((item) => isCaptured(variantOf(item)) && variantOf(item).measures.cost >= enough) ?? worst
  );
}

function isCaptured({ parameters }: PlannedVariant): boolean {
  return parameters === 'captured values' || parameters === 'captured constants';
}

/** The same query, looked at with other values. */
export function seenWith(planned: PlannedQuery, variant: PlannedVariant): PlannedQuery {
  return { ...planned, ...variant };
}

/** A query with one of its variants in two schema states. */
interface Pair {
  readonly base: PlannedQuery;
  readonly head: PlannedQuery;
}

/** The same query with the same values in another schema state; null where it was not planned with them. */
export function alike(planned: PlannedQuery, variant: PlannedVariant): PlannedQuery | null {
  const key = keyOf(variant);
  const same = planned.variants.find((each) => keyOf(each) === key);
  return same === undefined ? null : seenWith(planned, same);
}

function keyOf({ parameters, text, filled }: PlannedVariant): string {
  return JSON.stringify([parameters, text, filled.map(({ number, value }) => [number, value])]);
}

/** All that both states were planned with; where nothing is, each as it is judged by itself. */
function pairs(base: PlannedQuery, head: PlannedQuery): readonly Pair[] {
  const earlier = new Map(base.variants.map((variant) => [keyOf(variant), variant]));
  const both = head.variants.flatMap((variant): readonly Pair[] => {
    const before = earlier.get(keyOf(variant));
    return before === undefined ? [] : [{ base: seenWith(base, before), head: seenWith(head, variant) }];
  });
  const real = both.filter((pair) => pair.head.parameters !== 'generic');
  if (real.length > 0) return real;
  return both.length > 0 ? both : [{ base, head }];
}

function mostOf(all: readonly Pair[], of: (pair: Pair) => number): Pair | undefined {
  return all.toSorted((a, b) => of(b) - of(a))[0];
}

/**
 * The workload as two states are judged: each query with the same values in both, those that are worst at head. By
 * other values, a state could look worse than the other although no plan changed for the worse.
 */
export function judgedAlike(
  base: Examination,
  head: Examination,
): { readonly base: Examination; readonly head: Examination } {
  const both = [...head.planned].flatMap(([fingerprint, after]) => {
    const before = base.planned.get(fingerprint);
    const pair = before === undefined ? undefined : costliest(pairs(before, after), ({ head: each }) => each);
    return pair === undefined ? [] : [[fingerprint, pair] as const];
  });
  const replaced = (planned: Examination['planned'], state: keyof Pair) =>
    new Map([...planned, ...both.map(([fingerprint, pair]) => [fingerprint, pair[state]] as const)]);
  return {
    base: { ...base, planned: replaced(base.planned, 'base') },
    head: { ...head, planned: replaced(head.planned, 'head') },
  };
}

/** A query with the values whose cost grew most: a change is told of even where other values were worse before. */
export function mostChanged(base: PlannedQuery, head: PlannedQuery): Pair {
  return (
    mostOf(pairs(base, head), (pair) => pair.head.measures.cost - pair.base.measures.cost) ?? { base, head }
  );
}
