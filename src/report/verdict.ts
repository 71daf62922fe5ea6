import type { FailOn } from '../config/config.ts';
import { type Insight, type Severity, severities } from '../model/insight.ts';
import type { Grade, Review } from '../model/review.ts';
import { gradeOf, scoreOf } from '../plans/score.ts';

/** When a review fails. */
export interface Policy {
  readonly failOn: FailOn;
  readonly minScore: number | null;
}

/** Computed once, before anything is shown; everything renders it. */
export interface Verdict {
  readonly verdict: 'pass' | 'fail';
  readonly reasons: readonly string[];
  readonly score: number;
  readonly grade: Grade;
}

/**
 * Only what the change introduces counts. The score is that of the worst introduced plan or the worst migration,
 * whichever is lower.
 */
export function verdictOf(insights: readonly Insight[], { failOn, minScore }: Policy): Verdict {
  const introduced = insights.filter(({ origin }) => origin === 'introduced');
  const score = Math.min(100, ...scoresBySubject(introduced).values());
  const reasons: string[] = [];
  const failing = failOn === 'never' ? [] : introduced.filter(({ severity }) => isAtLeast(severity, failOn));
  if (failing.length > 0) {
    const what = failing.length === 1 ? 'insight is' : 'insights are';
    reasons.push(
      `${failing.length} introduced ${what} ${failOn === 'critical' ? 'critical' : `${failOn} or worse`}`,
    );
  }
  if (minScore !== null && score < minScore) reasons.push(`the score ${score} is below ${minScore}`);
  return { verdict: reasons.length > 0 ? 'fail' : 'pass', reasons, score, grade: gradeOf(score) };
}

/** Scores by what they are about: a file, mostly a migration, or a query. */
function scoresBySubject(insights: readonly Insight[]): ReadonlyMap<string, number> {
  const bySubject = Map.groupBy(insights, ({ subject, location, evidence }) =>
    subject.kind === 'query' ? `query ${evidence.sql}` : `file ${location?.file}`,
  );
  return new Map([...bySubject].map(([key, list]) => [key, scoreOf(list.map(({ severity }) => severity))]));
}

function isAtLeast(severity: Severity, least: Severity): boolean {
  return severities.indexOf(severity) <= severities.indexOf(least);
}

export function countsOf(insights: readonly Insight[]): Review['counts'] {
  const count = (origin: Insight['origin']) => {
    const of = (severity: Severity) =>
      insights.filter((each) => each.origin === origin && each.severity === severity).length;
    return { critical: of('critical'), high: of('high'), medium: of('medium'), low: of('low') };
  };
  return {
    introduced: count('introduced'),
    existing: count('existing'),
    suppressed: insights.filter(({ origin }) => origin === 'suppressed').length,
  };
}
