import { blank, instead } from '../../sql/blank.ts';
import { type ParsedStatement, statementsOf } from '../../sql/statements.ts';
import { extensionOf, versionOf } from './extensions.ts';
import { type Circumstances, leftOut } from './left-out.ts';
import { withoutRoleStatements } from './role-statements.ts';

/** A statement of a text that is not run as it stands. */
export interface Adapted {
  readonly line: number;
  /** Null where nobody needs to know. */
  readonly reason: string | null;
}

export interface AdaptedText {
  /** The text with blanks for what is not run, so that every position stays. */
  readonly text: string;
  readonly adapted: readonly Adapted[];
}

/** Text without any of these runs as it stands; spares parsing it. */
const mayNeedAdapting =
  /\b(role|user|group|authorization|extension|publication|subscription|wrapper|database|tablespace|event\s+trigger|language|system|load|checkpoint|set|schema|label|parameter)\b/i;

/** Blanks out the statements of a text that the sandbox is not to run, such as CREATE ROLE. */
export function adapt(text: string, circumstances: Circumstances): AdaptedText {
  const parsed = mayNeedAdapting.test(text) ? statementsOf(text) : null;
  if (parsed?.kind !== 'parsed') return { text, adapted: [] };
  let result = '';
  let copied = 0;
  const adapted: Adapted[] = [];
  for (const statement of parsed.value) {
    const replaced = replacementOf(statement, circumstances);
    if (replaced === null) continue;
    result += text.slice(copied, statement.offset) + replaced.sql;
    copied = statement.offset + statement.sql.length;
    adapted.push({ line: statement.line, reason: replaced.reason });
  }
  return { text: result + text.slice(copied), adapted };
}

interface Replaced {
  /** As long as the statement that it stands for. */
  readonly sql: string;
  readonly reason: string | null;
}

function replacementOf(statement: ParsedStatement, circumstances: Circumstances): Replaced | null {
  const { node, sql } = statement;
  const left = leftOut(node, circumstances);
  if (left !== null) return { sql: blank(sql), reason: left.reason };
  if ('VariableSetStmt' in node && node.VariableSetStmt.name === 'session_authorization') {
    return { sql: asRole(sql), reason: null };
  }
  if ('DoStmt' in node) {
    const without = withoutRoleStatements(sql);
    return without === sql ? null : { sql: without, reason: null };
  }
  if ('CreateExtensionStmt' in node) {
    const version = versionOf(node)?.value;
    const { name } = extensionOf(node);
    const available = circumstances.server.extensions.get(name)?.versions;
    if (version === undefined || available?.has(version)) return null;
    const reason = `version ${version} of ${name} is not available on this server; its default was created`;
    return { sql: sql.replace(/\bversion\s+('[^']*'|"[^"]*"|\S+)/i, blank), reason };
  }
  return null;
}

/** SET ROLE does what SET SESSION AUTHORIZATION does, for a role that is no superuser. */
function asRole(sql: string): string {
  return sql
    .replace(/\bsession\s+authorization\s+default$/i, (words) => instead(words, 'role TO DEFAULT'))
    .replace(/\bsession\s+authorization\b/i, (words) => instead(words, 'ROLE'));
}
