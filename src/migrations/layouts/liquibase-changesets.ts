import { blank, keep, type Range } from '../../sql/blank.ts';

/** One changeset of a file in Liquibase's formatted SQL. */
export interface Changeset {
  readonly author: string;
  readonly id: string;
  /** Lower-case names: `runintransaction`. */
  readonly attributes: ReadonlyMap<string, string>;
  /** The file with everything else blanked out, delimiters of its own being semicolons. */
  readonly text: string;
  /** Likewise, what undoes it; null where there is nothing. */
  readonly rollback: string | null;
}

const head = /^[ \t]*--[ \t]*changeset[ \t]+("[^"\n]+"|[^:\n]+?):[ \t]*("[^"\n]+"|\S+)([^\n]*)$/gim;

/**
 * Splits a file into its changesets (Liquibase documentation, "SQL Changelog Example"; liquibase/liquibase,
 * `FormattedSqlChangeLogParser.java`).
 */
export function changesetsOf(text: string): readonly Changeset[] {
  const heads = [...text.matchAll(head)];
  return heads.map(({ 1: author = '', 2: id = '', 3: rest = '', index }, position) => {
    const range: Range = [index, heads[position + 1]?.index ?? text.length];
    const attributes = attributesOf(rest);
    // Comments at the top may say how the file is to be reviewed.
    const own = keep(text, [[0, heads[0]?.index ?? 0], range]);
    return {
      author: unquoted(author),
      id: unquoted(id),
      attributes,
      text: withSemicolons(withoutIgnoredLines(own), attributes.get('enddelimiter')),
      rollback: rollbackOf(own, range, attributes.get('rollbackenddelimiter')),
    };
  });
}

function unquoted(value: string): string {
  return value.trim().replace(/^"(.*)"$/, '$1');
}

function attributesOf(text: string): ReadonlyMap<string, string> {
  return new Map(
    [...text.matchAll(/(\w+):("[^"]*"|\S+)/g)].map(([, name = '', value = '']) => [
      name.toLowerCase(),
      unquoted(value),
    ]),
  );
}

/** `--ignoreLines:start` up to `--ignoreLines:end`, or as many lines as are given. */
function withoutIgnoredLines(text: string): string {
  let ignored = 0;
  const lines = text.split('\n').map((line) => {
    const count = /^[ \t]*--\s*ignoreLines:(\w+)/i.exec(line)?.[1]?.toLowerCase();
    if (count === 'end') ignored = 0;
    else if (count === 'start') ignored = Number.POSITIVE_INFINITY;
    else if (count !== undefined) ignored = Number(count);
    else if (ignored > 0) {
      ignored -= 1;
      return blank(line);
    }
    return line;
  });
  return lines.join('\n');
}

/** Delimiters other than a semicolon stand at the ends of lines; `/` and `go` have a line of their own. */
function withSemicolons(text: string, delimiter: string | undefined): string {
  if (delimiter === undefined || delimiter === ';') return text;
  const plain = delimiter.replaceAll(/\\[nr]/g, '').trim();
  const spelled = plain.replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);
  const hasOwnLine = plain === '/' || plain.toLowerCase() === 'go' || delimiter.startsWith('\\n');
  const pattern = new RegExp(`${hasOwnLine ? '(?<=^[ \\t]*)' : ''}${spelled}(?=[ \\t]*\\r?$)`, 'gim');
  return text.replace(pattern, (match) => `;${blank(match.slice(1))}`);
}

const rollbackLine = /^([ \t]*--[ \t]*rollback[ \t]+)([^\n]*)$/gim;
const rollbackBlock = /(\/\*[ \t]*liquibase[ \t]+rollback[^\n]*\n)([\s\S]*?)\*\//gi;
/** Said instead of SQL. */
const noRollback = /^\s*(?:empty|not required|changeset(?:Id|Author|Path):.*)\s*$/i;

function rollbackOf(own: string, [from, to]: Range, delimiter: string | undefined): string | null {
  const ranges = [...own.matchAll(rollbackLine), ...own.matchAll(rollbackBlock)]
    .filter(({ 2: sql = '' }) => !noRollback.test(sql))
    .map(({ 1: before = '', 2: sql = '', index }): Range => {
      const start = index + before.length;
      return [start, start + sql.length];
    })
    .filter(([start, end]) => start >= from && end <= to)
    .toSorted(([a], [b]) => a - b);
  const text = withSemicolons(keep(own, ranges), delimiter);
  return text.trim() === '' ? null : text;
}
