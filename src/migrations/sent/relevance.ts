import type { Session } from '../../model/server.ts';
import { isCatalogue, mentionsOf } from '../../sql/mentions.ts';
import type { SentStatement } from './transactions.ts';

/** What the server says that decides whether a statement may change anything. */
export interface ServerFacts {
  /** Functions that may do more than compute a value (pg_proc.provolatile). */
  readonly volatileFunctions: ReadonlySet<string>;
  /** Settings of a new session, by their names in lower case. */
  readonly settings: ReadonlyMap<string, string>;
}

export async function readServerFacts(session: Session): Promise<ServerFacts> {
  const [functions, settings] = await Promise.all([
    session.query(
      `SELECT DISTINCT proname::pg_catalog.text AS name FROM pg_catalog.pg_proc
       WHERE provolatile OPERATOR(pg_catalog.=) 'v'`,
    ),
    session.query('SELECT name, setting FROM pg_catalog.pg_settings'),
  ]);
  return {
    volatileFunctions: new Set(functions.map((row) => String(row['name']))),
    settings: new Map(settings.map((row) => [String(row['name']).toLowerCase(), String(row['setting'])])),
  };
}

/** Volatile functions that change nothing that lasts. Locks on numbers are how tools wait for each other. */
const harmless =
  /^(?:pg_(?:try_)?advisory_.*|pg_is_in_recovery|clock_timestamp|timeofday|random|gen_random_uuid|currval|lastval)$/;

const reading: ReadonlySet<string> = new Set([
  'VariableShowStmt',
  'ExplainStmt',
  'DeclareCursorStmt',
  'FetchStmt',
  'ClosePortalStmt',
  'DeallocateStmt',
  'ListenStmt',
  'UnlistenStmt',
  'CheckPointStmt',
]);

/**
 * Whether a statement is left out because nothing would be different without it: it only reads, and the catalogues
 * at that. Reading the project's own tables counts, since it locks them and takes time.
 */
export function isIrrelevant({ node }: SentStatement, facts: ServerFacts): boolean {
  if (node === null) return false;
  if ('CopyStmt' in node) return node.CopyStmt.is_from !== true;
  if (!('SelectStmt' in node)) return Object.keys(node).some((type) => reading.has(type));
  if (node.SelectStmt.intoClause !== undefined) return false;
  const { relations, functions } = mentionsOf(node);
  return (
    relations.every(isCatalogue) &&
    !functions.some((name) => facts.volatileFunctions.has(name) && !harmless.test(name))
  );
}

/** COPY whose rows the client sends: they are not in the log. */
export function needsRowsOfClient({ node }: SentStatement): boolean {
  if (node === null || !('CopyStmt' in node)) return false;
  const { is_from: isFrom, filename } = node.CopyStmt;
  return isFrom === true && !filename;
}
