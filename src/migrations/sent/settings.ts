import type { Node } from '../../sql/grammar.ts';
import { mentionsOf } from '../../sql/mentions.ts';
import type { SentStatement } from './transactions.ts';

/** What a statement does to the settings of its session. */
type SettingChange =
  | { readonly kind: 'set'; readonly name: string; readonly value: string; readonly isLocal: boolean }
  | { readonly kind: 'reset'; readonly name: string }
  | { readonly kind: 'reset all' };

/** Settings between a client and its server, or of how a transaction sees others: no statement does otherwise. */
const settingsOfClients: ReadonlySet<string> = new Set([
  'application_name',
  'bytea_output',
  'client_encoding',
  'client_min_messages',
  'extra_float_digits',
  'intervalstyle',
  'session characteristics',
  'transaction',
]);

/** Whether a statement sets or resets something of its session. */
export function isSetting({ node }: SentStatement): boolean {
  return settingChangeOf(node) !== null;
}

/**
 * The settings that a session has made and that go on to hold, each as the statement that made it. What makes no
 * difference to a new session is not kept.
 */
export class SessionSettings {
  readonly #defaults: ReadonlyMap<string, string>;
  readonly #made = new Map<string, SentStatement>();

  /** @param defaults settings of a new session, by their names in lower case */
  constructor(defaults: ReadonlyMap<string, string>) {
    this.#defaults = defaults;
  }

  get inForce(): readonly SentStatement[] {
    return [...this.#made.values()];
  }

  /**
   * Takes note of a statement that sets or resets something.
   *
   * @returns whether it makes a difference
   */
  note(statement: SentStatement): boolean {
    const change = settingChangeOf(statement.node);
    if (change === null) return false;
    if (change.kind === 'reset all') {
      const anyMade = this.#made.size > 0;
      this.#made.clear();
      return anyMade;
    }
    const { name } = change;
    if (settingsOfClients.has(name)) return false;
    const wasMade = this.#made.has(name);
    if (change.kind === 'set' && change.isLocal) return wasMade || !this.#isDefault(name, change.value);
    if (change.kind === 'reset' || this.#isDefault(name, change.value)) return this.#made.delete(name);
    this.#made.set(name, statement);
    return true;
  }

  #isDefault(name: string, value: string): boolean {
    return this.#defaults.get(name)?.toLowerCase() === value.toLowerCase();
  }
}

function settingChangeOf(node: Node | null): SettingChange | null {
  if (node === null) return null;
  if ('DiscardStmt' in node) return { kind: 'reset all' };
  if ('SelectStmt' in node) return setByFunction(node);
  if (!('VariableSetStmt' in node)) return null;
  const { kind, name = '', args, is_local: isLocal = false } = node.VariableSetStmt;
  switch (kind) {
    case 'VAR_RESET_ALL':
      return { kind: 'reset all' };
    case 'VAR_RESET':
    case 'VAR_SET_DEFAULT':
      return { kind: 'reset', name: name.toLowerCase() };
    default:
      return { kind: 'set', name: name.toLowerCase(), value: mentionsOf(args).constants.join(', '), isLocal };
  }
}

/** `SELECT set_config('TimeZone', 'UTC', false)`: the last argument says whether it is for the transaction alone. */
function setByFunction(node: Node): SettingChange | null {
  const { functions, relations, constants } = mentionsOf(node);
  const [name, value, isLocal] = constants;
  if (relations.length > 0 || functions.length !== 1 || functions[0] !== 'set_config') return null;
  if (name === undefined || value === undefined || constants.length > 3) return null;
  return { kind: 'set', name: name.toLowerCase(), value, isLocal: isLocal === 'true' };
}
