import type { Suppression, SuppressionScope } from '../model/suppression.ts';
import { type Comment, commentsOf, statementAt } from './comments.ts';
import { Lines } from './position.ts';
import { statementsOf } from './statements.ts';

/** What a comment that suppresses begins with. */
const prefix = 'pg-guardrails:';

/** A line of a comment that suppresses: what, and all that follows. Stars at the left of a block are let be. */
const opening = new RegExp(`^[\\s*]*${prefix}(ignore-file|ignore)(?:\\s+|$)(.*)$`);

/** What parts the names of rules from the reason: two hyphens, for which editors put a dash. */
const separator = /(?:^|\s)(?:--|–|—)/;

interface Directive {
  readonly what: 'statement' | 'file';
  readonly rules: readonly string[];
  readonly reason: string | null;
  readonly line: number;
}

/**
 * Suppressions that stand in the comments of a file of SQL, one for each rule that is named; one of the rule `''`
 * where none is.
 *
 * @param text what of the file is run, at its place in the file
 */
export function suppressionsIn(file: string, text: string): readonly Suppression[] {
  if (!text.includes(prefix)) return [];
  const comments = commentsOf(text);
  if (comments.kind === 'unreadable') return [];
  const parsed = statementsOf(text);
  // What cannot be split into statements is run as one.
  const statements =
    parsed.kind === 'parsed'
      ? parsed.value
      : [{ sql: text, offset: 0, line: 1, endLine: new Lines(text).lineAt(text.length) }];
  return comments.value.flatMap((comment) => {
    const directives = directivesIn(comment);
    if (directives.length === 0) return [];
    const statement = statementAt(comment, comments.value, statements);
    const here: SuppressionScope =
      statement === null
        ? { kind: 'nothing' }
        : { kind: 'statement', file, line: statement.line, endLine: statement.endLine };
    return directives.flatMap(({ what, rules, reason, line }) =>
      rules.map((rule): Suppression => {
        const scope = what === 'file' ? ({ kind: 'file', file } as const) : here;
        return { rule, reason, scope, location: { file, line } };
      }),
    );
  });
}

/** A block can hold several; the reason of each goes on to the next, or to an empty line. */
function directivesIn({ body, line }: Comment): readonly Directive[] {
  const lines = body.split('\n');
  return lines.flatMap((each, index): readonly Directive[] => {
    const match = opening.exec(each.trimEnd());
    if (match === null) return [];
    const [, what, first = ''] = match;
    const following = lines.slice(index + 1).map((rest) => rest.replace(/^\s*\*+(?=\s|$)/, '').trim());
    const end = following.findIndex((rest) => rest === '' || rest.startsWith(prefix));
    const text = [first, ...following.slice(0, end === -1 ? undefined : end)].join(' ').trim();
    return [
      { what: what === 'ignore-file' ? 'file' : 'statement', ...namesAndReason(text), line: line + index },
    ];
  });
}

/** Words without a separator after the names are no reason: nobody can tell them from more names. */
function namesAndReason(text: string): Pick<Directive, 'rules' | 'reason'> {
  const match = separator.exec(text);
  const named =
    match === null ? (/^[^\s,]+(?:\s*,\s*[^\s,]+)*/.exec(text)?.[0] ?? '') : text.slice(0, match.index);
  const reason = match === null ? '' : text.slice(match.index + match[0].length).trim();
  const rules = named.split(/[\s,]+/).filter((rule) => rule !== '');
  return { rules: rules.length === 0 ? [''] : rules, reason: reason === '' ? null : reason };
}
