import { join } from 'node:path/posix';
import type { Inputs } from '../config/inputs.ts';
import type { Environment } from '../github/environment.ts';
import type { TriggeringEvent } from '../github/event.ts';
import type { InsightLocation } from '../model/insight.ts';
import type { Permalink } from '../report/markdown/place.ts';

/** Where a review is published, and how. */
export interface Destination {
  readonly environment: Environment;
  readonly event: TriggeringEvent;
  readonly inputs: Inputs;
  /** Working directory within the repository: empty at its top, else with a slash at its end. */
  readonly prefix: string;
}

/** A place as GitHub knows it: from the top of the repository. */
export function placeInRepository(location: InsightLocation, { prefix }: Destination): InsightLocation {
  return { ...location, file: join(prefix, location.file) };
}

/** Addresses at the commit that is reviewed, so that they stay true when the branch moves on. */
export function permalinkTo(to: Destination): Permalink {
  const { serverUrl, repository, sha } = to.environment;
  // On pull_request the variable is the merge commit, which nobody can look up later.
  const commit = to.event.kind === 'pull request' ? to.event.headSha : sha;
  return (location) => {
    const { file, line } = placeInRepository(location, to);
    const path = file.split('/').map(encodeURIComponent).join('/');
    return `${serverUrl}/${repository.owner}/${repository.name}/blob/${commit}/${path}#L${line}`;
  };
}
