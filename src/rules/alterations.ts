import type { SchemaDifference, SchemaObject } from '../model/schema.ts';
import { type Facts, keyOf } from './facts.ts';
import type { StatementFacts } from './facts-source.ts';
import { isOf, type Kind, type ObjectOf } from './schema-facts.ts';

/**
 * What the change as a whole makes of the schema, each difference with the statement that is its cause. What a
 * partition or a child has from its parent is told with the parent only.
 */

/** An object that the base has and that the change alters. */
interface Alteration<K extends Kind> {
  readonly before: ObjectOf<K>;
  readonly after: ObjectOf<K>;
  /** The last statement that does it; null where both schemas were loaded whole. */
  readonly by: StatementFacts | null;
}

/** An object that only one of base and head has. */
export interface Presence<K extends Kind> {
  readonly object: ObjectOf<K>;
  /** The last statement that makes or drops it; null where both schemas were loaded whole. */
  readonly by: StatementFacts | null;
}

/** Objects of some kinds that differ in some way between base and head. */
export function alterations<K extends Kind>(
  facts: Facts,
  kinds: readonly K[],
  differs: (before: ObjectOf<K>, after: ObjectOf<K>) => boolean,
): readonly Alteration<K>[] {
  const pairIn = (difference: SchemaDifference) => {
    if (difference.kind !== 'altered') return [];
    const { before, after } = difference;
    return isOf(before, kinds) && isOf(after, kinds) && differs(before, after) ? [{ before, after }] : [];
  };
  const found = differencesOf(facts).flatMap(pairIn);
  const own = new Set(
    withoutInherited(
      facts,
      found.map(({ after }) => after),
    ),
  );
  return found
    .filter(({ after }) => own.has(after))
    .map(({ before, after }) => ({
      before,
      after,
      by: lastThat(facts, (difference) => keyOf(difference) === after.key && pairIn(difference).length > 0),
    }));
}

/** Objects of some kinds that the head no longer has. */
export function drops<K extends Kind>(facts: Facts, ...kinds: readonly K[]): readonly Presence<K>[] {
  return onOneSide(facts, 'dropped', kinds);
}

/** Objects of some kinds that the base does not have yet. */
export function creations<K extends Kind>(facts: Facts, ...kinds: readonly K[]): readonly Presence<K>[] {
  return onOneSide(facts, 'created', kinds);
}

/** Tables and what can be read like one. */
export const relationKinds = [
  'table',
  'partitioned table',
  'foreign table',
  'view',
  'materialised view',
] as const;

/** Names of the relations that the change brings. */
export function newRelations(facts: Facts): ReadonlySet<string> {
  const created = differencesOf(facts).flatMap((each) => (each.kind === 'created' ? [each.object] : []));
  return new Set(created.filter((object) => isOf(object, relationKinds)).map(({ name }) => name));
}

function onOneSide<K extends Kind>(
  facts: Facts,
  side: 'created' | 'dropped',
  kinds: readonly K[],
): readonly Presence<K>[] {
  const found = differencesOf(facts).flatMap((each) =>
    each.kind === side && isOf(each.object, kinds) ? [each.object] : [],
  );
  return withoutInherited(facts, found).map((object) => ({
    object,
    by: lastThat(facts, (each) => each.kind === side && each.object.key === object.key),
  }));
}

function differencesOf({ change }: Facts): readonly SchemaDifference[] {
  return change?.differences ?? [];
}

function lastThat(facts: Facts, does: (difference: SchemaDifference) => boolean): StatementFacts | null {
  return facts.statements.findLast(({ statement }) => statement.differences.some(does)) ?? null;
}

/** Leaves out what a parent among the objects, or one of its objects, stands for. */
function withoutInherited<O extends SchemaObject>(facts: Facts, objects: readonly O[]): readonly O[] {
  const dropped = differencesOf(facts).flatMap((each) => (each.kind === 'dropped' ? [each.object] : []));
  const tables = [...facts.schema.all('table', 'partitioned table', 'foreign table'), ...dropped];
  const parents = new Map(tables.flatMap((each) => ('parents' in each ? [[each.name, each.parents]] : [])));
  const places = new Set(objects.map((object) => placeOf(object, relationOf(object))));
  return objects.filter((object) => {
    const above = parents.get(relationOf(object)) ?? [];
    return !above.some((parent) => places.has(placeOf(object, parent)));
  });
}

/** What an object is, or has, of a relation; empty for what has nothing to do with one. */
function relationOf(object: SchemaObject): string {
  if ('parents' in object) return object.name;
  return 'table' in object ? object.table : '';
}

/** What tells an object from others of its kind on a relation. Indexes of partitions have names of their own. */
function placeOf(object: SchemaObject, relation: string): string {
  if ('parents' in object) return `relation ${relation}`;
  return object.kind === 'index' ? `index ${relation}` : `${object.kind} ${relation} ${object.name}`;
}
