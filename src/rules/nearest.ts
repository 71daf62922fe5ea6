/** Edits that still make it a slip of the keyboard, as a share of the name's length. */
const slips = 0.4;

/** The known name that begins or ends with another, or is written most like it; null where none is nearly the same. */
export function nearest(name: string, known: readonly string[]): string | null {
  if (name === '') return null;
  const longer = known.find((each) => each.startsWith(name) || each.endsWith(name));
  if (longer !== undefined) return longer;
  const [best] = known
    .map((each) => ({ name: each, edits: editsBetween(name, each) }))
    .toSorted((a, b) => a.edits - b.edits);
  return best !== undefined && best.edits <= best.name.length * slips ? best.name : null;
}

/** Levenshtein distance: characters to insert, remove or replace. */
function editsBetween(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [row, character] of [...a].entries()) {
    const current = [row + 1];
    for (let column = 1; column <= b.length; column += 1) {
      const replaced = (previous[column - 1] ?? 0) + (character === b.charAt(column - 1) ? 0 : 1);
      current.push(Math.min(replaced, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous.at(-1) ?? a.length;
}
