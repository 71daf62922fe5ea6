import type { SourceFile } from '../../model/change.ts';
import type { Migration, Wrapping } from '../../model/migration.ts';
import type { SentText } from '../../server-log/entry.ts';
import { NamedFiles, versionOf } from './files.ts';
import { likelyLines } from './lines.ts';
import type { ServerFacts } from './relevance.ts';
import { committedTransactions, type SentStatement } from './transactions.ts';
import { type Part, type Unit, unitsOf } from './units.ts';

/** Stands for the file of a migration where the tool does not say which it is. */
const unnamedPath = '(migrate command)';

/** What a tool sent, as migrations that do the same. */
export interface SentMigrations {
  readonly migrations: readonly Migration[];
  /** Statements that were left out, since what they need is not in the log: rows for COPY. */
  readonly incomplete: readonly { readonly path: string; readonly sql: string }[];
}

/**
 * Makes migrations of what a tool sent: one for each that it records as done, with the statements that were
 * committed, without those of its bookkeeping, and grouped into the transactions that it used.
 *
 * @param changed files of the change, of which the tool's records name some
 */
export function migrationsSent(
  sent: readonly SentText[],
  changed: readonly SourceFile[],
  facts: ServerFacts,
): SentMigrations {
  const files = new NamedFiles(changed);
  const units = unitsOf(committedTransactions(sent), files, facts);
  const isDeploy = units.length > 1 && shareOneTransaction(units);
  const separate = isDeploy ? units : withoutSharedTransactions(units);
  const named = separate.map((unit) => ({ unit, file: files.find(unit.names) }));
  return {
    migrations: named
      .filter(({ unit }) => unit.parts.length > 0)
      .map(({ unit, file }, index) => migrationOf(unit, file, index, isDeploy)),
    incomplete: named.flatMap(({ unit, file }) =>
      unit.incomplete.map(({ sql }) => ({ path: file?.path ?? unnamedPath, sql })),
    ),
  };
}

function shareOneTransaction(units: readonly Unit[]): boolean {
  return new Set(units.flatMap(({ parts }) => parts.map(({ transaction }) => transaction))).size === 1;
}

/** Migrations that share a transaction, while others do not, are run as one. */
function withoutSharedTransactions(units: readonly Unit[]): readonly Unit[] {
  const separate: Unit[] = [];
  for (const unit of units) {
    const previous = separate.at(-1);
    const last = previous?.parts.at(-1);
    const [first, ...rest] = unit.parts;
    if (previous === undefined || last === undefined || last.transaction !== first?.transaction) {
      separate.push(unit);
      continue;
    }
    const joined = { ...last, statements: [...last.statements, ...first.statements] };
    separate.splice(-1, 1, {
      parts: [...previous.parts.slice(0, -1), joined, ...rest],
      names: [...previous.names, ...unit.names],
      incomplete: [...previous.incomplete, ...unit.incomplete],
    });
  }
  return separate;
}

function migrationOf(unit: Unit, file: SourceFile | null, index: number, isDeploy: boolean): Migration {
  const { text, wrapping, statements } = written(unit.parts, isDeploy);
  return {
    path: file?.path ?? unnamedPath,
    version: file === null ? String(index + 1) : versionOf(file.path),
    kind: 'versioned',
    lines: file === null ? [] : likelyLines(file.text, statements),
    text,
    wrapping,
    down: null,
  };
}

interface Written {
  readonly text: string;
  readonly wrapping: Wrapping;
  /** Those of the text, in its order. */
  readonly statements: readonly SentStatement[];
}

const begin: SentStatement = { sql: 'BEGIN', written: 'BEGIN', node: null };
const commit: SentStatement = { sql: 'COMMIT', written: 'COMMIT', node: null };

/** Several transactions are written as such; a single one is the migration's own, and needs no words. */
function written(parts: readonly Part[], isDeploy: boolean): Written {
  const filled = parts.filter(({ statements }) => statements.length > 0);
  const [only, ...others] = filled;
  if (only !== undefined && others.length === 0) {
    const { transaction, statements } = only;
    if (!isDeploy && transaction.query !== null && isUnchanged(only)) {
      return { text: transaction.query, wrapping: 'one query', statements };
    }
    return { text: joined(statements), wrapping: isDeploy ? 'deploy' : wrappingOf(only), statements };
  }
  const statements = filled.flatMap((part) =>
    wrappingOf(part) === 'statements' ? part.statements : [begin, ...part.statements, commit],
  );
  return { text: joined(statements), wrapping: 'statements', statements };
}

function isUnchanged({ transaction, statements }: Part): boolean {
  return (
    statements.length === transaction.statements.length &&
    statements.every((statement, index) => statement === transaction.statements[index])
  );
}

/** A statement that was sent outside a transaction, after what its session had set, commits alone. */
function wrappingOf({ transaction, statements }: Part): 'transaction' | 'statements' {
  const own = statements.filter((statement) => transaction.statements.includes(statement));
  return transaction.isExplicit || own.length > 1 ? 'transaction' : 'statements';
}

/** A statement may end in a comment, which must not take in the semicolon. */
function joined(statements: readonly SentStatement[]): string {
  return statements.map(({ sql }) => `${sql}${sql.includes('--') ? '\n' : ''};\n`).join('');
}
