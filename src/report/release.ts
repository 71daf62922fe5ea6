import type { ReleaseObstacle, ReleaseReview, ServiceReleaseReview } from '../model/release.ts';
import type { Facts } from '../rules/facts.ts';
import { querySubject } from '../rules/on-plan.ts';
import { type Obstacle, type Release, releaseOf, type ServiceRelease } from '../rules/release.ts';
import { causesInWords, releasesInWords } from '../rules/release-causes.ts';

/** In which order to release; null where that cannot be told. */
export function releaseReview(facts: Facts, isCompared: boolean): ReleaseReview | null {
  const release = releaseOf(facts);
  if (release === null) return null;
  return {
    order: release.order,
    isCompared,
    steps: stepsOf(release),
    services: release.services.map(
      ({ service, order, broken, early }): ServiceReleaseReview => ({
        service,
        order,
        broken: broken.map(toReview),
        early: early.map(toReview),
      }),
    ),
  };
}

function toReview({ query, version, reason, cause }: Obstacle): ReleaseObstacle {
  const by = cause?.by ?? null;
  return {
    fingerprint: query.fingerprint,
    name: querySubject(query).name,
    version,
    reason,
    cause: by === null ? null : { file: by.file, line: by.statement.line },
  };
}

/** What to do first, and what after that. */
function stepsOf({ order, services }: Release): readonly string[] {
  const withOrder = (...orders: readonly ServiceRelease['order'][]) =>
    services.filter((each) => orders.includes(each.order));
  switch (order) {
    case 'any':
      return [];
    case 'migration first':
      return [
        'Run the migrations, and wait until they have ended on every database.',
        `Release ${releasesInWords(withOrder('migration first'))}.`,
      ];
    case 'code first':
    case 'by service': {
      const after = withOrder('migration first');
      return [
        `Release ${releasesInWords(withOrder('code first'))}${provided(withOrder('code first'))}.`,
        'Wait until no earlier version of it runs, and no rollback to one is wanted.',
        'Run the migrations.',
        ...(after.length === 0 ? [] : [`Release ${releasesInWords(after)}.`]),
      ];
    }
    case 'none':
      return expandAndContract(withOrder('none'), services);
    default:
      return order satisfies never;
  }
}

/** What a single capture cannot tell. */
function provided(services: readonly ServiceRelease[]): string {
  const isUnknown = services.some(({ broken }) => broken.some(({ version }) => version === 'unknown'));
  return isUnknown
    ? ', provided that its new version no longer sends these queries: only one version was captured'
    : '';
}

/** The change in two: what the new version needs, and, once nobody uses it any more, what the running one does. */
function expandAndContract(
  stuck: readonly ServiceRelease[],
  services: readonly ServiceRelease[],
): readonly string[] {
  const broken = services.flatMap((service) => service.broken);
  const early = services.flatMap((service) => service.early);
  const still = stuck.filter((each) =>
    each.broken.some(({ version }) => version === 'both' || version === 'new'),
  );
  const change =
    still.length === 0
      ? []
      : [`Change ${releasesInWords(still)}, which still sends such queries with its new version.`];
  const release = `Release ${releasesInWords(services.filter(({ order }) => order !== 'any'))}, and wait until no earlier version runs.`;
  const { held, rest } = parts(broken, early);
  // Nothing of the change is needed before: it can wait as a whole.
  if (held === null) return [...change, release, 'Run the migrations.'];
  return [held, 'Run the migrations.', ...change, release, `Do the rest in a later change: ${rest}.`];
}

/** What to hold back of the change, and what is left to do then; null where all of it can wait. */
function parts(
  broken: readonly Obstacle[],
  early: readonly Obstacle[],
): { readonly held: string | null; readonly rest: string } {
  const kept = causesInWords(broken) ?? 'what these queries use';
  if (broken.every(({ cause }) => cause?.kind === 'demanded')) {
    return {
      held: `Give ${kept} a default, so that rows which leave it out can be inserted.`,
      rest: 'drop the default',
    };
  }
  if (broken.every(({ cause }) => cause?.kind === 'renamed')) {
    return {
      held: `Keep ${kept} under the old name beside the new one: of a table, a view; of a column, a second one that a trigger keeps in step.`,
      rest: 'drop the old name',
    };
  }
  const needed = causesInWords(early) ?? 'what the new version needs';
  return {
    held: early.length === 0 ? null : `Leave ${kept} as it is, and let the migrations only add ${needed}.`,
    rest: `remove ${kept}`,
  };
}
