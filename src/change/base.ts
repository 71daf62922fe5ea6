import type { StatedBase } from '../model/change.ts';
import { CannotReview, problem } from '../model/problem.ts';
import type { Git } from './git.ts';

/**
 * Finds what the head is to be compared with, and fetches it where the clone is too shallow to have it.
 *
 * @returns a name that git knows; null for the default branch, which git looks for itself
 * @throws CannotReview where there is no clone, or it is not in the clone and cannot be fetched.
 */
export async function findBase(git: Git, stated: StatedBase): Promise<string | null> {
  if (!(await git.isRepository())) {
    const hint =
      'run actions/checkout before; in a container, its folder must belong to the user of the container';
    throw new CannotReview([problem('there is no git repository here', hint)]);
  }
  switch (stated.kind) {
    case 'pull request':
      return present(git, (await mergedInto(git, stated.headSha)) ?? stated.baseSha);
    case 'named':
      return present(git, stated.name);
    case 'default branch':
      return null;
    default:
      return stated satisfies never;
  }
}

/** What a pull request is merged into, where HEAD is the commit that merges it (`refs/pull/N/merge`). */
async function mergedInto(git: Git, headSha: string): Promise<string | null> {
  const [into = null, merged, ...others] = await git.parents();
  return merged === headSha && others.length === 0 ? into : null;
}

/** Object ids stand for themselves: a branch may be named like one. */
const objectId = /^[0-9a-f]{40,64}$/;

async function present(git: Git, name: string): Promise<string> {
  // Beside the branch that is checked out, a clone has branches only as they are at the remote.
  const known = objectId.test(name) ? [name] : [`origin/${name}`, name];
  for (const each of known) {
    if ((await git.commitOf(each)) !== null) return each;
  }
  const fetched = await git.fetch(name);
  if (fetched !== null) return fetched;
  throw new CannotReview([
    problem(
      `the base ${name} is not in this clone, and could not be fetched`,
      'let actions/checkout fetch the history, with `fetch-depth: 0`',
    ),
  ]);
}
