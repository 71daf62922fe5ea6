/**
 * Reads values as Python prints them (repr): numbers, texts, None, True, False, lists, tuples and dictionaries of such. Null
 * where something else is among them, such as datetime(2026, 1, 1).
 */
export function pythonLiteral(text: string): unknown {
  const json = text
    .replaceAll(token, (whole, single: string | undefined, word: string | undefined) => {
      if (single !== undefined) return JSON.stringify(single.replaceAll(/\\(.)/g, '$1'));
      return (word === undefined ? undefined : words.get(word)) ?? whole;
    })
    .replaceAll(/[()]/g, (bracket) => (bracket === '(' ? '[' : ']'))
    .replaceAll(/,\s*([\]}])/g, '$1');
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}

const token = /'((?:[^'\\]|\\.)*)'|\b(None|True|False)\b/g;

const words: ReadonlyMap<string, string> = new Map([
  ['None', 'null'],
  ['True', 'true'],
  ['False', 'false'],
]);
