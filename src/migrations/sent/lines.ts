import type { SentStatement } from './transactions.ts';

/** Fields of the syntax tree that hold names which the author of a migration chose. */
const nameFields: ReadonlySet<string> = new Set([
  'relname',
  'colname',
  'idxname',
  'conname',
  'newname',
  'name',
  'sval',
]);

/** A shorter beginning of a statement, such as `UPDATE`, may stand in any line. */
const shortestText = 12;

/**
 * The lines of a file that its statements most likely come from. SQL may stand in it word for word; otherwise the
 * name that the statement has and that stands in the fewest lines of the file tells. Among several lines it is the
 * first that does not stand before that of the statement before. The first line of all stands for what is nowhere.
 */
export function likelyLines(file: string, statements: readonly SentStatement[]): readonly number[] {
  const lines = file.split('\n');
  const words = lines.map((line) => new Set(line.match(/[\w$]+/g)));
  let previous = 1;
  return statements.map((statement) => {
    const found = verbatim(lines, statement) ?? byName(words, statement);
    if (found === null) return 1;
    previous = found.find((line) => line >= previous) ?? found[0];
    return previous;
  });
}

type Candidates = readonly [number, ...number[]] | null;

function candidates(lines: readonly number[]): Candidates {
  const [first, ...others] = lines;
  return first === undefined ? null : [first, ...others];
}

function verbatim(lines: readonly string[], { written }: SentStatement): Candidates {
  const [first = ''] = written.split('\n', 1);
  const text = first.trim();
  if (text.length < shortestText) return null;
  return candidates(lines.flatMap((line, index) => (line.includes(text) ? [index + 1] : [])));
}

function byName(words: readonly ReadonlySet<string>[], { node }: SentStatement): Candidates {
  const [rarest = []] = [...new Set(namesIn(node))]
    .map((name) => words.flatMap((line, index) => (line.has(name) ? [index + 1] : [])))
    .filter((lines) => lines.length > 0)
    .toSorted((a, b) => a.length - b.length);
  return candidates(rarest);
}

function namesIn(tree: unknown): readonly string[] {
  if (typeof tree !== 'object' || tree === null || 'A_Const' in tree) return [];
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string' && nameFields.has(key) ? [value] : namesIn(value),
  );
}
