import type { Insight } from '../model/insight.ts';
import type { Review } from '../model/review.ts';
import { withoutFolded } from './subjects.ts';

/**
 * What the change introduces that is to be said at the statements of its migrations: what is said of the statements
 * themselves, and the worst of the queries that one of them makes slower, unless that statement's own insight tells
 * of them already. Worst first.
 */
export function insightsAtStatements({ insights, migrations }: Review): readonly Insight[] {
  const introduced = withoutFolded(insights.filter(({ origin }) => origin === 'introduced'));
  const files = new Set(migrations.map(({ file }) => file));
  const told = new Set(
    introduced.filter(({ rule }) => rule === 'migration/index-dropped-in-use').map(placeOf),
  );
  return introduced.filter((insight) => {
    const { subject, location } = insight;
    if (subject.kind === 'statement') return true;
    if (subject.kind !== 'query' || location === null || !files.has(location.file)) return false;
    const place = placeOf(insight);
    if (told.has(place)) return false;
    told.add(place);
    return true;
  });
}

function placeOf({ location }: Insight): string {
  return `${location?.file}:${location?.line}`;
}
