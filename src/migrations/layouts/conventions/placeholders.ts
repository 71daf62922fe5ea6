import type { SourceFile } from '../../../model/change.ts';
import { CannotReview, type Problem, problem } from '../../../model/problem.ts';
import { Lines } from '../../../sql/position.ts';

/** Values by name. No value has a line break, so that lines stay where they are. */
export type Placeholders = ReadonlyMap<string, string>;

/** A place in a text that a value is put into. */
export interface Placeholder {
  readonly name: string;
  /** In UTF-16 units of the text. */
  readonly from: number;
  readonly to: number;
  /** The value where nobody gives one. */
  readonly otherwise?: string;
  /** What the tool makes of the value there. */
  readonly write?: (value: string) => string;
}

/** Finds the placeholders of a file, in order. */
export type FindPlaceholders = (text: string, path: string) => readonly Placeholder[];

/**
 * Puts values in.
 *
 * @throws CannotReview with every placeholder of every file that has no value.
 */
export function fillPlaceholders(
  files: readonly SourceFile[],
  find: FindPlaceholders,
  values: Placeholders,
): readonly SourceFile[] {
  const problems: Problem[] = [];
  const filled = files.map((file) => {
    const found = find(file.text, file.path);
    problems.push(...unknownIn(file, found, values));
    return found.length === 0 ? file : { ...file, text: fill(file.text, found, values) };
  });
  if (problems.length > 0) throw new CannotReview(problems);
  return filled;
}

function unknownIn(
  { path, text }: SourceFile,
  found: readonly Placeholder[],
  values: Placeholders,
): readonly Problem[] {
  const unknown = found.filter(({ name, otherwise }) => otherwise === undefined && !values.has(name));
  if (unknown.length === 0) return [];
  const lines = new Lines(text);
  return unknown.map(({ name, from, to }) =>
    problem(
      `the placeholder ${text.slice(from, to)} has no value`,
      `give it one, with \`placeholders: { ${name}: ... }\` in the configuration`,
      { file: path, line: lines.lineAt(from) },
    ),
  );
}

function fill(text: string, found: readonly Placeholder[], values: Placeholders): string {
  let at = 0;
  let filled = '';
  for (const { name, from, to, otherwise, write = (value: string) => value } of found) {
    const value = values.get(name) ?? otherwise;
    filled += text.slice(at, from) + (value === undefined ? text.slice(from, to) : write(value));
    at = to;
  }
  return filled + text.slice(at);
}

/** Placeholders that a pattern finds, whose first group is the name. */
export function matching(pattern: RegExp): FindPlaceholders {
  return (text) =>
    [...text.matchAll(pattern)].map((match) => ({
      name: match[1] ?? '',
      from: match.index,
      to: match.index + match[0].length,
    }));
}
