import type { Remediation } from '../model/insight.ts';
import { formatSeconds } from './durations.ts';
import type { AboutOneSubject } from './subjects.ts';
import { formatCount } from './wording.ts';

/**
 * What to do about a subject: what is said of the worst, which mostly brings the others about, and of the others
 * what can be run. Advice is left out where something was tried that does what it says.
 */
export function remediationOf({ worst, others }: AboutOneSubject): readonly Remediation[] {
  const isTried = worst.remediation.some(({ verified }) => verified);
  const all = [
    ...worst.remediation.filter((each) => !isTried || isMoreThanAdvice(each)),
    ...others.flatMap(({ remediation }) => remediation.filter(isMoreThanAdvice)),
  ];
  return [...Map.groupBy(all, remedyKey).values()].flatMap(
    (alike) => alike.find(({ migration }) => migration !== null) ?? alike.slice(0, 1),
  );
}

function isMoreThanAdvice({ kind, verified }: Remediation): boolean {
  return verified || kind !== 'advice';
}

/** A migration that was tried is shown by one insight; others refer to it by the same title. */
function remedyKey({ kind, verified, title, text }: Remediation): string {
  const isMigration = verified && kind !== 'sql' && kind !== 'query';
  return JSON.stringify(isMigration ? [title] : [title, text]);
}

/** The unit of effects that are told by the planner's cost. */
const plannerCost = 'planner cost';

/** Ways to put something right, as they are shown. */
export interface Ways {
  readonly shown: readonly Remediation[];
  /** Others that were tried as well, and help less. */
  readonly otherWays: readonly Remediation[];
}

/**
 * Of indexes and rewritten queries that were tried, the one that makes the query cheapest stands for all: whoever
 * takes one needs no other. It goes first.
 */
export function bestFirst(all: readonly Remediation[]): Ways {
  const [best, ...otherWays] = all.filter(isTriedForQuery).toSorted((a, b) => costAfter(a) - costAfter(b));
  if (best === undefined) return { shown: all, otherWays };
  return { shown: [best, ...all.filter((each) => !isTriedForQuery(each))], otherWays };
}

function isTriedForQuery({ kind, verified, effect }: Remediation): boolean {
  return verified && (kind === 'sql' || kind === 'query') && effect?.unit === plannerCost;
}

function costAfter({ effect }: Remediation): number {
  return effect?.after ?? Number.POSITIVE_INFINITY;
}

/** `verified`, and what it was measured to change: `verified: 56 s → 0.3 s under a lock`. Empty where it was not tried. */
export function verifiedInWords({ verified, effect }: Remediation): string {
  if (!verified) return '';
  if (effect === null) return 'verified';
  const { before, after, unit } = effect;
  if (unit === plannerCost) return `verified: ${unit} ${formatCount(before)} → ${formatCount(after)}`;
  const [, ofSeconds] = /^seconds\b(.*)$/.exec(unit) ?? [];
  return ofSeconds === undefined
    ? `verified: ${formatCount(before)} → ${formatCount(after)} ${unit}`
    : `verified: ${seconds(before)} → ${seconds(after)}${ofSeconds}`;
}

function seconds(value: number): string {
  return value === 0 ? '0 s' : formatSeconds(value);
}
