import type { Facts } from './facts.ts';
import type { StatementFacts } from './facts-source.ts';
import { queryName } from './on-plan.ts';
import type { RefusalCause } from './refusal-cause.ts';
import type { Obstacle, ServiceRelease } from './release.ts';
import { namesInWords } from './senders-in-words.ts';

/** How many queries and objects are listed by name. */
const named = 3;

/** Names of queries with the services that send them: `list (orders), invoice (billing)`. */
export function obstaclesInWords(obstacles: readonly Obstacle[]): string {
  const queries = [...new Map(obstacles.map(({ query }) => [query.fingerprint, query])).values()];
  const names = queries.slice(0, named).map(queryName);
  return names.join(', ') + (queries.length > named ? ' ...' : '');
}

/** Number of different queries. */
export function queriesIn(obstacles: readonly Obstacle[]): number {
  return new Set(obstacles.map(({ query }) => query.fingerprint)).size;
}

/** `the column status, the table notes`: what of the change is behind obstacles; null where that is not known. */
export function causesInWords(obstacles: readonly Obstacle[]): string | null {
  const causes = obstacles.flatMap(({ cause }) => cause ?? []);
  const texts = [...new Set(causes.map(causeInWords))];
  if (texts.length === 0) return null;
  return texts.slice(0, named).join(', ') + (texts.length > named ? ' ...' : '');
}

function causeInWords({ what, name, table }: RefusalCause): string {
  return what === 'column' ? `the column ${name} of ${table}` : `the ${what} ${name}`;
}

/** The first statement of the change that is behind obstacles; null where none is known to be. */
export function firstStatement(facts: Facts, obstacles: readonly Obstacle[]): StatementFacts | null {
  const by = new Set(obstacles.flatMap(({ cause }) => cause?.by ?? []));
  return facts.statements.find((each) => by.has(each)) ?? null;
}

/** Services in a sentence. */
export function releasesInWords(releases: readonly Pick<ServiceRelease, 'service'>[]): string {
  return namesInWords(releases.flatMap(({ service }) => service ?? []));
}
