import { basename, dirname } from 'node:path/posix';
import type { Migration } from '../model/migration.ts';
import { type MigrationObservation, type StatementObservation, succeeded } from '../model/observation.ts';
import type { Schema } from '../model/schema.ts';
import type { Node } from '../sql/grammar.ts';
import { transactionControlOf } from '../sql/kind.ts';
import { statementsOf } from '../sql/statements.ts';
import type { SafeForm, Situation } from './safe/form.ts';
import { safeFormOf } from './safe/forms.ts';
import { schemaAfter } from './safe/objects.ts';
import { type Settings, settingsAfter } from './settings.ts';

/** A statement of a migration and, where it is hazardous and one is known, its safe form. */
export interface Part {
  readonly node: Node;
  readonly observation: StatementObservation;
  readonly form: SafeForm | null;
  /** What its migration is called, in snake case. */
  readonly title: string;
  /** What the migration had set when the statement began. */
  readonly settings: Settings;
}

/** A migration as it was observed, and what forms are made from. */
export interface ObservedMigration
  extends Pick<Situation, 'schema' | 'partitionConstraints' | 'rows' | 'major'> {
  readonly migration: Migration;
  readonly observation: MigrationObservation;
  /** Whether something is said against a statement, so that another form of it is wanted. */
  readonly isHazard: (statement: StatementObservation) => boolean;
}

/**
 * The statements of a migration with their safe forms. Null for a migration that cannot be taken apart: one that
 * fails, that cannot be read, or that goes back in its transaction.
 */
export function partsOf(observed: ObservedMigration): readonly Part[] | null {
  const { migration, observation, isHazard } = observed;
  const parsed = statementsOf(migration.text);
  if (parsed.kind === 'unreadable' || !succeeded(observation)) return null;
  const parts: Part[] = [];
  const title = wordsOf(migration);
  let schema: Schema = observed.schema;
  let settings: Settings = new Map();
  for (const [index, { node }] of parsed.value.entries()) {
    const seen = observation.statements[index];
    if (seen === undefined || transactionControlOf(node) === 'within' || makesTemporary(node)) return null;
    const form = isHazard(seen) ? safeFormOf({ ...observed, node, observation: seen, schema }) : null;
    parts.push({ node, observation: seen, form, title, settings });
    settings = settingsAfter(settings, node, seen.sql);
    schema = schemaAfter(schema, seen.differences);
  }
  return parts;
}

/** The words of a migration's name: `add_total` of `0042_add_total.sql`. */
function wordsOf({ path }: Migration): string {
  const stem = basename(path).replace(/\..*$/, '');
  const name = /^(up|migration)$/.test(stem) ? basename(dirname(path)) : stem;
  const words = name.replace(/^[VRU]?[\d._-]+/, '').replaceAll(/\W+/g, '_');
  return words === '' ? 'migration' : words;
}

/** Temporary tables live no longer than a session, or a transaction. */
function makesTemporary(node: Node): boolean {
  const relation = 'CreateStmt' in node ? node.CreateStmt.relation : undefined;
  const into = 'CreateTableAsStmt' in node ? node.CreateTableAsStmt.into?.rel : undefined;
  return (relation ?? into)?.relpersistence === 't';
}
