import type { Insight } from '../model/insight.ts';

/** Everything that is to be said about one statement or one query, the worst first. */
export type AboutOneSubject = readonly [Insight, ...Insight[]];

/** Gathers insights by what they are about, in the order of the worst of each. */
export function bySubject(insights: readonly Insight[]): readonly AboutOneSubject[] {
  const groups = Map.groupBy(insights, ({ subject, location, evidence }) =>
    JSON.stringify([subject.kind, subject.name, location?.file, location?.line, evidence.sql]),
  );
  return [...groups.values()].flatMap(([first, ...rest]): readonly AboutOneSubject[] =>
    first === undefined ? [] : [[first, ...rest]],
  );
}
