import type { Insight } from '../model/insight.ts';
import type { Review } from '../model/review.ts';
import { withoutFolded } from './subjects.ts';

/**
 * What the change introduces that is to be said at a line. At the statements of its migrations: what is said of the
 * statements themselves, and the worst of the queries that one of them makes slower, unless that statement's own insight
 * tells of them already. At lines of the source: the worst of the query that is sent from there, and of the request that
 * sends it. Worst first.
 */
export function insightsAtLines({ insights, migrations }: Review): readonly Insight[] {
  const introduced = withoutFolded(insights.filter(({ origin }) => origin === 'introduced'));
  const files = new Set(migrations.map(({ file }) => file));
  const told = new Set(
    introduced.filter(({ rule }) => rule === 'migration/index-dropped-in-use').map(placeOf),
  );
  return introduced.filter((insight) => {
    const { subject, location } = insight;
    if (subject.kind === 'statement') return true;
    if (location === null) return false;
    const isAtStatement = files.has(location.file);
    if (isAtStatement ? subject.kind !== 'query' : !isOfSource(insight)) return false;
    const place = isAtStatement ? placeOf(insight) : `${subject.kind} ${placeOf(insight)}`;
    if (told.has(place)) return false;
    told.add(place);
    return true;
  });
}

/** A remark about a query is left to the whole review: its line is mostly there for another reason. */
function isOfSource({ subject, severity }: Insight): boolean {
  return subject.kind === 'trace' || (subject.kind === 'query' && severity !== 'low');
}

function placeOf({ location }: Insight): string {
  return `${location?.file}:${location?.line}`;
}
