import { blank } from '../../sql/blank.ts';

const words = String.raw`(?:create|alter|drop)\s+(?:role|user|group)\s+(?!mapping\b)`;

/** Strings, comments and statements about roles, whichever comes first. */
const piece = new RegExp(
  String.raw`--[^\n]*|/\*[\s\S]*?\*/|"(?:[^"]|"")*"|'(\s*${words}(?:[^']|'')*)'(?!\s*\|\|)|'(?:[^']|'')*'|\b(${words}(?:[^;']|'(?:[^']|'')*')*)(?=;)`,
  'gi',
);

/**
 * A DO block without its statements about roles: they would be refused before it is asked whether the role exists,
 * so that even `EXCEPTION WHEN duplicate_object` does not help. A statement becomes PL/pgSQL's NULL, a string that is
 * executed an empty one; the text is as long as before.
 */
export function withoutRoleStatements(block: string): string {
  return block.replace(piece, (whole: string, executed?: string, statement?: string) => {
    if (executed !== undefined) return `'${blank(executed)}'`;
    if (statement !== undefined) return `NULL${blank(statement.slice(4))}`;
    return whole;
  });
}
