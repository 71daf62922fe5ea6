import type { ReleaseObstacle, ServiceReleaseReview } from '../../model/release.ts';
import type { Review } from '../../model/review.ts';
import { orderInWords } from '../release-order.ts';
import { formatCount } from '../wording.ts';
import { details, small, steps, table } from './blocks.ts';
import { code, type Safe, sentence, text } from './safe.ts';

/** Queries that are listed of each service and direction. */
const shownQueries = 8;

/** In which order to release the migrations and the code; nothing where any will do. */
export function releaseBlock({ release }: Review): readonly Safe[] {
  if (release === null || release.order === 'any') return [];
  const rows = release.services.flatMap((service) => [
    ...rowsOf(service, service.broken, 'fails after the migration'),
    ...rowsOf(service, service.early, 'fails before the migration'),
  ]);
  const columns = [
    ['Service', 'left'],
    ['Query', 'left'],
    ['Version', 'left'],
    ['What happens', 'left'],
    ['Why', 'left'],
  ] as const;
  return [
    details(text(`🚦 Order of release: ${orderInWords(release.order)}`), [
      steps(release.steps.map(sentence)),
      table(columns, rows),
      ...(release.isCompared
        ? []
        : [
            small(
              text(
                'Only one version of the workload is known: name what the base sends with base-workload to have versions told apart.',
              ),
            ),
          ]),
    ]),
  ];
}

function rowsOf(
  { service }: ServiceReleaseReview,
  obstacles: readonly ReleaseObstacle[],
  happens: string,
): readonly (readonly Safe[])[] {
  const rest = obstacles.length - shownQueries;
  const name = service === null ? text('–') : code(service);
  return [
    ...obstacles
      .slice(0, shownQueries)
      .map((each) => [name, code(each.name), text(each.version), text(happens), sentence(each.reason)]),
    ...(rest > 0 ? [[name, text(`and ${formatCount(rest)} more`), text(''), text(happens), text('')]] : []),
  ];
}
