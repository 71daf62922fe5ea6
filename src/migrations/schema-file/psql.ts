import { CannotReview, type Problem, problem } from '../../model/problem.ts';
import { blank } from '../../sql/blank.ts';
import { Lines } from '../../sql/position.ts';
import { skipBlanks } from '../../sql/statements.ts';

/** The SQL of a text that psql reads. */
export interface PsqlText {
  /** The text with blanks for what is psql's, so that every position stays. */
  readonly text: string;
  /** Lines of `COPY ... FROM stdin` whose rows are left out. */
  readonly copies: readonly number[];
}

/** Commands of psql that change nothing about a schema (psql documentation, "Meta-Commands"). */
const harmless: ReadonlySet<string> = new Set([
  'restrict',
  'unrestrict',
  'connect',
  'c',
  'encoding',
  'echo',
  'qecho',
  'warn',
  'timing',
  'pset',
  'x',
  '.',
]);

/** Variables that psql itself looks at; others are put into statements. */
const ownVariable = /^\\set\s+[A-Z_]+\b/;

/**
 * What decides where a statement ends: quoted text, comments, semicolons and commands, which reach to the end of
 * their line (psql documentation, "Entering SQL Commands").
 */
const piece =
  /--[^\n]*|\/\*|(?<![\w$])e'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|(?<![\w$])\$(?:[a-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$|;|\\[^\r\n]*/gi;

/**
 * Reads a text as psql does: pg_dump writes one with commands of psql and rows of data between its statements.
 *
 * @throws CannotReview with every command that would have to be carried out.
 */
export function readPsql(path: string, text: string): PsqlText {
  const lines = new Lines(text);
  const problems: Problem[] = [];
  const copies: number[] = [];
  let result = '';
  let copied = 0;
  const leaveOut = (from: number, to: number) => {
    result += text.slice(copied, from) + blank(text.slice(from, to));
    copied = to;
  };
  let statement = 0;
  const pieces = new RegExp(piece);
  for (let match = pieces.exec(text); match !== null; match = pieces.exec(text)) {
    const [found] = match;
    if (found === '/*') pieces.lastIndex = skipBlanks(text, match.index);
    else if (found.startsWith('$')) pieces.lastIndex = endOfDollarQuote(text, pieces.lastIndex, found);
    else if (found.startsWith('\\')) {
      const mistake = mistakeOf(found);
      const place = { file: path, line: lines.lineAt(match.index) };
      if (mistake !== null)
        problems.push(
          problem(mistake, 'only its SQL is run: leave the command out, or write what it does as SQL', place),
        );
      leaveOut(match.index, pieces.lastIndex);
    } else if (found === ';') {
      const from = skipBlanks(text, statement);
      if (/^copy\b[\s\S]*\bfrom\s+stdin\b/i.test(text.slice(from, match.index))) {
        pieces.lastIndex = endOfRows(text, match.index);
        copies.push(lines.lineAt(from));
        leaveOut(from, pieces.lastIndex);
      }
      statement = pieces.lastIndex;
    }
  }
  if (problems.length > 0) throw new CannotReview(problems);
  return { text: result + text.slice(copied), copies };
}

function mistakeOf(command: string): string | null {
  const name = /^\\(\S*)/.exec(command)?.[1] ?? '';
  const isHarmless = harmless.has(name) || ownVariable.test(command);
  return isHarmless ? null : `the command \\${name} of psql is not carried out`;
}

function endOfDollarQuote(text: string, from: number, quote: string): number {
  const end = text.indexOf(quote, from);
  return end === -1 ? text.length : end + quote.length;
}

/** Rows begin on the line after the statement, and end with a line `\.`. */
function endOfRows(text: string, semicolon: number): number {
  const end = /^\\\.\r?$/gm;
  end.lastIndex = text.indexOf('\n', semicolon) + 1 || text.length;
  return end.exec(text) === null ? text.length : end.lastIndex;
}
