import { type Origin, unknownOrigin } from '../model/query.ts';

/** A text without the comment that says where it comes from. */
interface Commented {
  readonly text: string;
  readonly origin: Origin;
}

/** The last comment, at the end of the text: `/*key='value',key='value'*\/` (SQLCommenter's specification). */
const comment = /\s*\/\*((?:[\w%.-]+='(?:[^'\\]|\\.)*'(?:\s*,\s*)?)+)\*\/\s*(?:;\s*)?$/;

const pair = /([\w%.-]+)='((?:[^'\\]|\\.)*)'/g;

/** Reads what SQLCommenter's tags say of a statement's origin. The text is returned without them: they differ by call. */
export function readComment(sql: string): Commented {
  // Most texts have none, and a regular expression that is anchored at the end looks at all of a text.
  const start = sql.lastIndexOf('/*');
  const match = start === -1 ? null : comment.exec(sql.slice(Math.max(0, start - 64)));
  if (match?.[1] === undefined) return { text: sql, origin: unknownOrigin };
  const tags = new Map(
    [...match[1].matchAll(pair)].map(([, key = '', value = '']) => [decoded(key), decoded(value)]),
  );
  const [, file = null, line = null] = /^(.*?)(?::(\d+))?$/.exec(tags.get('file') ?? '') ?? [];
  const controller = tags.get('controller');
  const action = tags.get('action');
  return {
    text: sql.slice(0, Math.max(0, start - 64) + match.index),
    origin: {
      service: tags.get('application') ?? null,
      route: tags.get('route') ?? (controller === undefined ? null : [controller, action].join('#')),
      file: file || null,
      line: line === null ? null : Number(line),
      test: tags.get('test') ?? null,
    },
  };
}

/** Values are URL-encoded, then quoted with backslashes. */
function decoded(text: string): string {
  if (!text.includes('%') && !text.includes('\\')) return text;
  const unquoted = text.replaceAll(/\\(.)/g, '$1');
  try {
    return decodeURIComponent(unquoted);
  } catch {
    return unquoted;
  }
}
