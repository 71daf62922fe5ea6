import type { QueryRewrite } from '../../model/advice.ts';
import type { Remediation } from '../../model/insight.ts';
import type { Judgement } from '../../rules/judge.ts';
import { worstFirst } from '../../rules/order.ts';
import type { Attached } from '../attach.ts';

/**
 * Which findings show another form of their query: the worst of those that it answers. An introduced one goes before
 * those that were there already.
 *
 * @param fingerprintOf the query that a finding is about, or null
 */
export function attachRewrites(
  judgements: readonly Judgement[],
  rewrites: readonly QueryRewrite[],
  fingerprintOf: (judgement: Judgement) => string | null,
): Attached {
  const attached = new Map<Judgement['finding'], readonly Remediation[]>();
  const worst = judgements
    .filter(({ finding, suppression }) => finding.severity !== 'healthy' && suppression === null)
    .toSorted((a, b) => introducedFirst(a) - introducedFirst(b) || worstFirst(a, b));
  for (const rewrite of verifiedFirst(rewrites)) {
    const answered = worst.find(
      (judgement) =>
        rewrite.answers.includes(judgement.rule.id) && fingerprintOf(judgement) === rewrite.fingerprint,
    );
    if (answered === undefined) continue;
    const others = attached.get(answered.finding) ?? [];
    attached.set(answered.finding, [...others, remediationOf(rewrite)]);
  }
  return attached;
}

/** Remedies of several kinds. */
export function together(...all: readonly Attached[]): Attached {
  const entries = Map.groupBy(
    all.flatMap((each) => [...each]),
    ([finding]) => finding,
  );
  return new Map(
    [...entries].map(([finding, found]) => [finding, found.flatMap(([, remedies]) => remedies)]),
  );
}

function introducedFirst({ origin }: Judgement): number {
  return origin === 'introduced' ? 0 : 1;
}

function verifiedFirst(rewrites: readonly QueryRewrite[]): readonly QueryRewrite[] {
  const saved = ({ effect }: QueryRewrite) => (effect === null ? 0 : effect.before - effect.after);
  const rank = ({ verdict }: QueryRewrite) => (verdict.kind === 'verified' ? 0 : 1);
  return rewrites.toSorted((a, b) => rank(a) - rank(b) || saved(b) - saved(a));
}

/** What is only advice says why, in comments above it. */
function remediationOf({ title, sql, effect, verdict }: QueryRewrite): Remediation {
  const rest = { kind: 'query', title, migration: null } as const;
  if (verdict.kind === 'verified') {
    return { ...rest, text: sql, verified: true, effect: effect === null ? null : inFigures(effect) };
  }
  const cost =
    effect === null || effect.after >= effect.before
      ? []
      : [`Planner cost: ${rounded(effect.before)} as it is, ${rounded(effect.after)} in this form.`];
  const remarks = [`Not verified: ${verdict.reason}.`.replace(/\.\.$/, '.'), ...cost].map(
    (each) => `-- ${each}`,
  );
  return { ...rest, text: [...remarks, sql].join('\n'), verified: false, effect: null };
}

function inFigures({ before, after }: NonNullable<QueryRewrite['effect']>): Remediation['effect'] {
  return { before: rounded(before), after: rounded(after), unit: 'planner cost' };
}

function rounded(cost: number): number {
  return cost < 10 ? Math.round(cost * 100) / 100 : Math.round(cost);
}
