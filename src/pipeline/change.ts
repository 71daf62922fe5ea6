import { type ChangeSource, changeByGit, changeByName } from '../change/change.ts';
import type { Config } from '../config/config.ts';
import type { Change } from '../model/change.ts';
import { CannotReview, problem } from '../model/problem.ts';

/**
 * Which migrations the change brings.
 *
 * @throws CannotReview where there is none, in base or change, or they cannot be read.
 */
export async function readChange(source: ChangeSource, comparison: Config['comparison']): Promise<Change> {
  const change =
    comparison.kind === 'named'
      ? await changeByName(source, comparison.files)
      : await changeByGit(source, comparison.base);
  if (change.base.length + change.added.length === 0) {
    const { name } = source.layout;
    const hint =
      name === 'plain'
        ? 'it must hold .sql files, such as 0001_create_orders.sql'
        : `it was read as a folder of ${name}; name another tool with --layout`;
    throw new CannotReview([problem(`there are no migrations in ${source.folder}`, hint)]);
  }
  return change;
}
