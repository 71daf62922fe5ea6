import type { SchemaDifference } from '../../model/schema.ts';
import { keyOf } from '../../rules/facts.ts';
import { unqualified } from '../../sql/identifier.ts';
import { addedColumns } from './added-columns.ts';
import { columnSettings } from './column-settings.ts';
import { checkedConstraints } from './constraints.ts';
import type { Form, Situation } from './form.ts';
import { nullability } from './not-null.ts';
import { descendants, tableNamed } from './objects.ts';
import { worksUnderLock } from './observed.ts';
import { removals } from './removals.ts';
import { both, type Part, type PartWriter, type TableChange } from './table-change.ts';
import { uniqueConstraints } from './unique.ts';

/** In the order in which they run: what is there goes first, then columns, then what is said about them. */
const writers: readonly PartWriter[] = [
  removals,
  addedColumns,
  columnSettings,
  nullability,
  checkedConstraints,
  uniqueConstraints,
];

/**
 * ALTER TABLE, written anew from what it did to the catalogue: each part in the form that keeps others waiting least.
 * Where one part of it is not known, there is no safe form.
 */
export const alterTable: Form = (situation) => {
  const { node, observation, schema } = situation;
  if (!('AlterTableStmt' in node) || !worksUnderLock(observation, schema)) return null;
  const change = changeOf(situation, node.AlterTableStmt.relation?.relname ?? '');
  if (change === null) return null;
  const parts = writers.map((write) => write(change));
  if (!parts.every((part): part is Part => part !== null)) return null;
  const { steps, covers } = both(parts);
  const known = new Set(covers);
  if (!change.differences.every((difference) => known.has(keyOf(difference)))) return null;
  return {
    title: 'Change the table in steps that keep nobody waiting for long',
    steps,
    advice: null,
  };
};

/** The table is the one of that name that was locked: `search_path` may say where it is. */
function changeOf(situation: Situation, name: string): TableChange | null {
  const { observation, schema } = situation;
  const tables = observation.locks
    .map(({ relation }) => relation)
    .filter((relation) => unqualified(relation) === name && tableNamed(schema, relation) !== null);
  const [table] = tables;
  if (table === undefined || tables.length > 1) return null;
  const below = descendants(schema, table);
  const differences = observation.differences.filter((difference) => !isImplied(difference, below));
  return { situation, table, differences };
}

/** Partitions follow their parent, and from PostgreSQL 18 NOT NULL is a constraint besides. */
function isImplied(difference: SchemaDifference, below: ReadonlySet<string>): boolean {
  const object = difference.kind === 'altered' ? difference.after : difference.object;
  if ('table' in object && below.has(object.table)) return true;
  return object.kind === 'constraint' && object.type === 'not null';
}
