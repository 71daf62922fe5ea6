import type { Node } from '../sql/grammar.ts';

/** Settings that a migration made for itself, as statements by name, in the order in which they were made. */
export type Settings = ReadonlyMap<string, string>;

/**
 * Settings after a statement. They are made local to a transaction: a short `lock_timeout` that is still in effect
 * at a later concurrent build would make it fail and leave an invalid index.
 */
export function settingsAfter(settings: Settings, node: Node, sql: string): Settings {
  if (!('VariableSetStmt' in node)) return settings;
  const { kind, name = '' } = node.VariableSetStmt;
  if (kind === 'VAR_RESET_ALL') return new Map();
  const others = [...settings].filter(([each]) => each !== name);
  if (kind === 'VAR_RESET' || kind === 'VAR_SET_DEFAULT') return new Map(others);
  return new Map([...others, [name, sql.replace(/^SET\s+(SESSION\s+|LOCAL\s+)?/i, 'SET LOCAL ')]]);
}
