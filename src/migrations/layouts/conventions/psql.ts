import type { SourceFile } from '../../../model/change.ts';
import { CannotReview, type Problem, problem } from '../../../model/problem.ts';
import { blank, blankQuoted } from '../../../sql/blank.ts';
import { Lines } from '../../../sql/position.ts';
import { fillPlaceholders, type Placeholder, type Placeholders } from './placeholders.ts';

/** Meta-commands that change nothing of what reaches the server. */
const harmless: ReadonlySet<string> = new Set([
  ...['a', 'C', 'cd', 'echo', 'encoding', 'errverbose', 'f', 'H', 'o', 'out', 'pset', 'q', 'qecho'],
  ...['restrict', 'set', 'T', 't', 'timing', 'unrestrict', 'unset', 'warn', 'x', 'conninfo', 'p', 'r'],
]);

const metaCommand = /^[ \t]*\\([A-Za-z!?]+)([^\n]*)$/gm;

/**
 * Scripts as psql sends them (PostgreSQL documentation, "psql"): meta-commands blanked out, variables filled in.
 *
 * @throws CannotReview with every meta-command that does something, and every variable without a value.
 */
export function readPsql(files: readonly SourceFile[], variables: Placeholders): readonly SourceFile[] {
  const problems = files.flatMap(unknownCommands);
  if (problems.length > 0) throw new CannotReview(problems);
  // Values stay on their lines, so that the commands can go afterwards.
  return fillPlaceholders(files, findVariables, variables).map((file) => ({
    ...file,
    text: withoutCommands(file.text),
  }));
}

function commandsOf(text: string) {
  return [...blankQuoted(text).matchAll(metaCommand)].map((match) => ({
    name: match[1] ?? '',
    from: match.index,
    to: match.index + match[0].length,
  }));
}

function unknownCommands({ path, text }: SourceFile): readonly Problem[] {
  const lines = new Lines(text);
  return commandsOf(text)
    .filter(({ name }) => !harmless.has(name))
    .map(({ name, from }) =>
      problem(`the meta-command \\${name} of psql cannot be reviewed`, 'write what it does as SQL', {
        file: path,
        line: lines.lineAt(from),
      }),
    );
}

function withoutCommands(text: string): string {
  let rest = text;
  for (const { from, to } of commandsOf(text)) {
    rest = rest.slice(0, from) + blank(rest.slice(from, to)) + rest.slice(to);
  }
  return rest;
}

/** Variables that a script sets itself: `\set schema 'app'`. */
function setIn(text: string): Placeholders {
  return new Map(
    commandsOf(text).flatMap(({ name, from, to }) => {
      const set = /\\set\s+(\w+)\s*(.*?)\s*$/.exec(text.slice(from, to));
      if (name !== 'set' || set === null) return [];
      const [, variable = '', value = ''] = set;
      return [[variable, value.replace(/^'(.*)'$/, '$1').replaceAll("''", "'")] as const];
    }),
  );
}

/** `:name`, `:'name'` as a constant, `:"name"` as an identifier; not `::type`, and not in quotes. */
const variable = /(?<![:\w\]]):(?:([A-Za-z_]\w*)|'(\w+)'|"(\w+)")/g;

function findVariables(text: string): readonly Placeholder[] {
  const code = blankQuoted(withoutCommands(text));
  const set = setIn(text);
  return [...text.matchAll(variable)]
    .filter(({ index }) => code.charAt(index) === ':')
    .map(({ 0: spelled, 1: bare, 2: constant, 3: identifier, index }) => {
      const name = bare ?? constant ?? identifier ?? '';
      const otherwise = set.get(name);
      return {
        name,
        from: index,
        to: index + spelled.length,
        ...(otherwise === undefined ? {} : { otherwise }),
        ...(constant === undefined ? {} : { write: quotedWith("'") }),
        ...(identifier === undefined ? {} : { write: quotedWith('"') }),
      };
    });
}

function quotedWith(quote: string) {
  return (value: string) => `${quote}${value.replaceAll(quote, quote + quote)}${quote}`;
}
