import { type Definition, definitionOf } from '../sql/definition.ts';
import { walk } from '../sql/expression.ts';
import { fingerprintOf } from '../sql/fingerprint.ts';
import { type Node, parse } from '../sql/grammar.ts';
import { kindOf, nodeType, transactionControlOf } from '../sql/kind.ts';
import { isCatalogue, type Mentions, mentionsOf } from '../sql/mentions.ts';
import { isRecordTable } from '../sql/record-tables.ts';

/** What one text of a capture is. */
export type Recognised =
  | {
      readonly kind: 'query';
      readonly fingerprint: string;
      readonly parameterCount: number;
      /** As text; none where it has parameters. */
      readonly constants: readonly string[];
      /** Whether it reads or writes the records of a migration tool. */
      readonly isBookkeeping: boolean;
    }
  | { readonly kind: 'control'; readonly control: 'begins' | 'ends' | null }
  | {
      readonly kind: 'definition';
      readonly definition: Definition;
      readonly isBookkeeping: boolean;
      readonly reason: string;
    }
  | { readonly kind: 'set apart' }
  | { readonly kind: 'unchecked'; readonly reason: string };

/** What drivers and libraries ask of a server about itself, and not of the application's data. */
const aboutServer: ReadonlySet<string> = new Set([
  'current_catalog',
  'current_database',
  'current_schema',
  'current_schemas',
  'current_setting',
  'pg_backend_pid',
  'pg_is_in_recovery',
  'set_config',
  'to_regclass',
  'to_regtype',
  'version',
]);

/** Characters of a text that is parsed; the parser takes about a hundred bytes for each. */
const longestParsed = 256 * 1024;
/** What tests do around themselves, what tools do to keep a server in order, and what only migrations hold. */
const aroundQueries: ReadonlySet<string> = new Set([
  'AlterDatabaseRefreshCollStmt',
  'AlterDatabaseSetStmt',
  'AlterDatabaseStmt',
  'AlterDefaultPrivilegesStmt',
  'AlterOwnerStmt',
  'AlterRoleSetStmt',
  'AlterRoleStmt',
  'AlterSystemStmt',
  'CheckPointStmt',
  'CommentStmt',
  'CreateRoleStmt',
  'CreatedbStmt',
  'DropRoleStmt',
  'DropdbStmt',
  'GrantRoleStmt',
  'GrantStmt',
  'LoadStmt',
  'ReindexStmt',
  'TruncateStmt',
  'VacuumStmt',
]);

/** Reads one text of a capture. */
export function recognise(sql: string): Recognised {
  if (sql.length > longestParsed) return { kind: 'unchecked', reason: 'is too long to be parsed' };
  const parsed = parse(sql);
  if (parsed.kind === 'unreadable') return { kind: 'unchecked', reason: parsed.problem.message };
  const [first, second] = parsed.value.stmts ?? [];
  if (first?.stmt === undefined) return { kind: 'unchecked', reason: 'holds no statement' };
  if (second !== undefined)
    return { kind: 'unchecked', reason: 'holds several statements; capture each by itself' };
  return recogniseStatement(first.stmt);
}

function recogniseStatement(statement: Node): Recognised {
  const kind = kindOf(statement);
  switch (kind) {
    case 'transaction control': {
      const control = transactionControlOf(statement);
      return { kind: 'control', control: control === 'within' ? null : control };
    }
    case 'session':
      return { kind: 'set apart' };
    case 'other': {
      const definition = definitionOf(statement);
      const reason = `is no query that can be planned (${nodeType(statement)})`;
      if (aroundQueries.has(nodeType(statement))) return { kind: 'set apart' };
      if (definition === null) return { kind: 'unchecked', reason };
      return {
        kind: 'definition',
        definition,
        isBookkeeping: definition.relations.some(isRecordTable),
        reason,
      };
    }
    case 'query': {
      const mentions = mentionsOf(statement);
      if (asksAboutServer(mentions)) return { kind: 'set apart' };
      const parameterCount = highestParameter(statement);
      return {
        kind: 'query',
        fingerprint: fingerprintOf(statement),
        parameterCount,
        constants: parameterCount === 0 ? mentions.constants : [],
        isBookkeeping: mentions.relations.some(({ name }) => isRecordTable(name)),
      };
    }
    default:
      return kind satisfies never;
  }
}

/** Whether it reads the catalogue alone, or calls nothing but functions about the server. */
function asksAboutServer({ relations, functions }: Mentions): boolean {
  if (relations.length > 0) return relations.every(isCatalogue);
  return functions.length > 0 && functions.every((name) => aboutServer.has(name));
}

function highestParameter(statement: unknown): number {
  let highest = 0;
  for (const node of walk(statement)) {
    if ('ParamRef' in node) highest = Math.max(highest, node.ParamRef.number ?? 0);
  }
  return highest;
}
