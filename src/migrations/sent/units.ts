import { bookkeepingOf, recordTables } from './bookkeeping.ts';
import type { NamedFiles } from './files.ts';
import { isIrrelevant, needsRowsOfClient, type ServerFacts } from './relevance.ts';
import { isSetting, SessionSettings } from './settings.ts';
import type { SentStatement, SentTransaction } from './transactions.ts';

/** Statements of one transaction. */
export interface Part {
  readonly transaction: SentTransaction;
  readonly statements: SentStatement[];
}

/** What was sent for one migration. */
export interface Unit {
  readonly parts: readonly Part[];
  /** What the tool noted about it, the migration's name among it. */
  readonly names: readonly string[];
  /** Statements that were left out because what they need is not in the log. */
  readonly incomplete: readonly SentStatement[];
}

/**
 * Divides what a tool sent into migrations: what was sent up to where the tool records one as done belongs to it,
 * and what follows the last record is one more.
 */
export function unitsOf(
  transactions: readonly SentTransaction[],
  files: NamedFiles,
  facts: ServerFacts,
): readonly Unit[] {
  const division = new Division(facts);
  const tables = recordTables(
    transactions.flatMap(({ statements }) => statements),
    files.has,
  );
  for (const transaction of transactions) {
    for (const statement of transaction.statements) {
      const bookkeeping = bookkeepingOf(statement, tables);
      if (bookkeeping?.kind === 'record') {
        if (bookkeeping.written === 'before') division.begin(bookkeeping.names);
        else division.end(bookkeeping.names);
      } else if (bookkeeping === null && !isIrrelevant(statement, facts)) {
        division.add(statement, transaction);
      }
    }
  }
  return division.done();
}

/** The units so far, and the one that is being put together. */
class Division {
  readonly #facts: ServerFacts;
  readonly #settings = new Map<string, SessionSettings>();
  readonly #units: Unit[] = [];
  #parts: Part[] = [];
  #names: readonly string[] = [];
  #incomplete: SentStatement[] = [];

  constructor(facts: ServerFacts) {
    this.#facts = facts;
  }

  /** A migration begins that the tool has named. */
  begin(names: readonly string[]): void {
    this.end([]);
    this.#names = names;
  }

  /** A migration ends; where nothing was done since the last one, the record says no more about that. */
  end(names: readonly string[]): void {
    const parts = this.#parts.filter(({ statements }) => statements.length > 0);
    const isEmpty = parts.every(({ statements }) => statements.every(isSetting));
    this.#parts = [];
    if (isEmpty && this.#incomplete.length === 0) return;
    this.#units.push({
      parts: isEmpty ? [] : parts,
      names: [...this.#names, ...names],
      incomplete: this.#incomplete,
    });
    this.#names = [];
    this.#incomplete = [];
  }

  /** What a session has set holds for the migrations that follow; each begins with it. */
  add(statement: SentStatement, transaction: SentTransaction): void {
    const settings = this.#settingsOf(transaction.session);
    const isKnown = this.#parts.some((part) => part.transaction.session === transaction.session);
    if (isSetting(statement) && !transaction.isExplicit && !isKnown) {
      settings.note(statement);
    } else if (needsRowsOfClient(statement)) {
      this.#incomplete.push(statement);
    } else {
      const part = this.#partOf(transaction);
      if (!isKnown) part.statements.push(...settings.inForce);
      if (!isSetting(statement) || settings.note(statement)) part.statements.push(statement);
    }
  }

  done(): readonly Unit[] {
    this.end([]);
    return this.#units;
  }

  #settingsOf(session: string): SessionSettings {
    const settings = this.#settings.get(session) ?? new SessionSettings(this.#facts.settings);
    this.#settings.set(session, settings);
    return settings;
  }

  #partOf(transaction: SentTransaction): Part {
    const last = this.#parts.at(-1);
    if (last?.transaction === transaction) return last;
    const part: Part = { transaction, statements: [] };
    this.#parts.push(part);
    return part;
  }
}
