/** One change of a plan. */
export interface PlannedChange {
  /** `totals`, and `totals#2` once it is reworked. */
  readonly name: string;
  /** Name of its scripts below `deploy` and `revert`, without the ending. */
  readonly script: string;
}

/**
 * Reads a plan: a line for each change or tag, in order (Sqitch documentation, "sqitchchanges"). A change that is
 * reworked later keeps its scripts under the tag that stands between the two.
 */
export function readPlan(text: string): readonly PlannedChange[] {
  const lines = text
    .split(/\r?\n/)
    .map((line) => line.replace(/#.*$/, '').trim())
    .filter((line) => line !== '' && !line.startsWith('%'))
    .map((line) => line.split(/\s/)[0] ?? '');
  return lines.flatMap((name, index): readonly PlannedChange[] => {
    if (name.startsWith('@')) return [];
    const later = lines.slice(index + 1);
    const tag = later.includes(name)
      ? later.slice(0, later.indexOf(name)).find((line) => line.startsWith('@'))
      : undefined;
    const before = lines.slice(0, index).filter((line) => line === name).length;
    return [{ name: before === 0 ? name : `${name}#${before + 1}`, script: `${name}${tag ?? ''}` }];
  });
}
