import { onRelease } from '../on-release.ts';
import { releaseOf } from '../release.ts';
import {
  causesInWords,
  firstStatement,
  obstaclesInWords,
  queriesIn,
  releasesInWords,
} from '../release-causes.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'compatibility/needs-migration-first',
  title: 'The new code needs the migration',
  message:
    'is needed by the new version of {services} before it is released: the earlier schema refuses {count} of its queries, such as {queries}: {reason}',
  triggeredWhen:
    'a captured query can be planned at head, and PostgreSQL refuses it at base, while no query stands against running the migration first',
  impact:
    'code that is released before the migration has run, or goes on running after the migration was undone, fails on these queries',
  remediation: [
    {
      kind: 'advice',
      title: 'Run the migration first',
      text: '1. Run the migration, and wait until it has ended on every database. 2. Release {services}. Undo them in the opposite order.',
    },
  ],
  core: false,
  *check(facts) {
    const release = releaseOf(facts);
    if (release === null || release.order === 'none') return;
    const waiting = release.services.filter(({ early }) => early.length > 0);
    const early = waiting.flatMap((service) => service.early);
    const [first] = early;
    if (first === undefined) return;
    const figures = {
      services: releasesInWords(waiting),
      count: queriesIn(early),
      queries: obstaclesInWords(early),
      reason: first.reason,
      causes: causesInWords(early),
    };
    yield onRelease(firstStatement(facts, early), 'low', figures, early);
  },
});
