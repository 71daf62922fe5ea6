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
function remedyKey({ verified, title, text }: Remediation): string {
  return JSON.stringify(verified ? [title] : [title, text]);
}

/** `verified`, and what it was measured to change: `verified: 56 s → 0.3 s under a lock`. Empty where it was not tried. */
export function verifiedInWords({ verified, effect }: Remediation): string {
  if (!verified) return '';
  if (effect === null) return 'verified';
  const { before, after, unit } = effect;
  const [, ofSeconds] = /^seconds\b(.*)$/.exec(unit) ?? [];
  return ofSeconds === undefined
    ? `verified: ${formatCount(before)} → ${formatCount(after)} ${unit}`
    : `verified: ${seconds(before)} → ${seconds(after)}${ofSeconds}`;
}

function seconds(value: number): string {
  return value === 0 ? '0 s' : formatSeconds(value);
}
