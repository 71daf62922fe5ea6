import { quoteIdentifier, quoteQualified, unqualified } from '../sql/identifier.ts';
import type { Part } from './parts.ts';
import { brief, type SafeForm } from './safe/form.ts';
import { concurrently } from './safe/index-build.ts';
import { dropConcurrently } from './safe/index-drop.ts';
import { objectsOf, ofKind } from './safe/objects.ts';

/** What doing so is called. */
export const createdFirst = 'Create the new index before the old one is dropped';

/**
 * Where an index is dropped and another on the same table is created after it, queries have neither in between: the
 * new one is created first. If both have one name, the new one gets it when the old one is gone.
 */
export function createBeforeDrop(parts: readonly Part[]): readonly Part[] {
  const drop = parts.findIndex((part, index) => isDrop(part) && replacement(parts, index) !== null);
  const create = drop === -1 ? null : replacement(parts, drop);
  const dropping = parts[drop];
  const creating = create === null ? undefined : parts[create];
  if (create === null || dropping === undefined || creating === undefined) return parts;
  return createBeforeDrop([
    ...parts.slice(0, drop),
    ...parts.slice(drop + 1, create),
    ...(underAnotherName(dropping, creating) ?? [creating, dropping]),
    ...parts.slice(create + 1),
  ]);
}

/** An index alone, or with the constraint that it backs. */
function isDrop({ node, observation: { differences } }: Part): boolean {
  if ('DropStmt' in node) return node.DropStmt.removeType === 'OBJECT_INDEX';
  return (
    'AlterTableStmt' in node &&
    differences.length > 0 &&
    differences.every(
      (each) =>
        each.kind === 'dropped' && (each.object.kind === 'index' || each.object.kind === 'constraint'),
    )
  );
}

function dropped({ observation }: Part) {
  return ofKind(objectsOf(observation.differences, 'dropped'), 'index');
}

function created({ node, observation }: Part) {
  return 'IndexStmt' in node ? ofKind(objectsOf(observation.differences, 'created'), 'index') : [];
}

/** Where the last index is created on a table that a statement before dropped one of. */
function replacement(parts: readonly Part[], drop: number): number | null {
  const part = parts[drop];
  const tables = new Set((part === undefined ? [] : dropped(part)).map(({ table }) => table));
  const last = parts.findLastIndex(
    (each, index) => index > drop && created(each).some(({ table }) => tables.has(table)),
  );
  return last === -1 ? null : last;
}

/** The two in their new order, if they have one name. */
function underAnotherName(dropping: Part, creating: Part): readonly Part[] | null {
  const [old, ...others] = dropped(dropping);
  const [index, ...more] = created(creating);
  if (old === undefined || index === undefined || others.length + more.length > 0) return null;
  if (old.name !== index.name || !('DropStmt' in dropping.node)) return null;
  const name = unqualified(index.name);
  const schema = index.name.slice(0, -name.length);
  const other = `${name}_new`;
  const definition = index.definition.replace(
    /^(CREATE (?:UNIQUE )?INDEX )(?:"(?:[^"]|"")+"|\S+)/,
    (_, start: string) => start + quoteIdentifier(other),
  );
  const rename = `ALTER INDEX ${quoteQualified(schema + other)} RENAME TO ${quoteIdentifier(name)}`;
  const form = (...steps: SafeForm['steps']): SafeForm => ({
    title: createdFirst,
    steps,
    advice: creating.form?.advice ?? null,
  });
  return [
    { ...creating, form: form(concurrently({ ...index, name: schema + other, definition })) },
    { ...dropping, form: form(dropConcurrently(old), brief(`rename_${other}`, rename)) },
  ];
}
