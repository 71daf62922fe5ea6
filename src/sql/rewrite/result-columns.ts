import { columnReference } from '../expression.ts';
import type { Node } from '../grammar.ts';
import { canonical, hasStar } from './tree.ts';

/**
 * The column of the result that an item of ORDER BY means, by its name; null where it means none, or where its name
 * does not tell it from others.
 */
export function resultColumn(item: Node, targets: readonly Node[]): string | null {
  if (hasStar(targets)) return null;
  const wanted = columnReference(item);
  const names = targets.map(nameOf);
  const number = 'A_Const' in item && item.A_Const.ival !== undefined ? (item.A_Const.ival.ival ?? 0) : null;
  const index =
    number !== null
      ? number - 1
      : targets.findIndex((each, at) => {
          const value = 'ResTarget' in each ? each.ResTarget.val : undefined;
          const isSame = value !== undefined && canonical(value) === canonical(item);
          return isSame || (wanted?.length === 1 && names[at] === wanted[0]);
        });
  const name = names[index];
  return name == null || names.filter((each) => each === name).length > 1 ? null : name;
}

/** Name of a column of the result, where the text tells it. */
function nameOf(item: Node): string | null {
  if (!('ResTarget' in item)) return null;
  const { name, val } = item.ResTarget;
  return name ?? (val === undefined ? null : (columnReference(val)?.at(-1) ?? null));
}
