import { isDeepStrictEqual } from 'node:util';
import type { Schema, SchemaDifference, SchemaObject } from '../../model/schema.ts';
import { families } from './families.ts';

/**
 * What happened to the objects of one database, or of two copies of it, which keep their keys. Indexes, constraints
 * and statistics that ALTER COLUMN TYPE has built again have other keys and count as the same by their names.
 * In the order of creation: families, then tables and names.
 */
export function differences(before: Schema, after: Schema): readonly SchemaDifference[] {
  const gone = new Map(
    [...before.values()].filter(({ key }) => !after.has(key)).map((object) => [nameOf(object), object]),
  );
  const rebuilt = (object: SchemaObject) => (isRebuilt(object) ? gone.get(nameOf(object)) : undefined);
  return compare(before, after, (object) => before.get(object.key) ?? rebuilt(object), sameOnItsTable);
}

/**
 * How a schema that was built apart differs: objects of one kind, table and name are the same. The position of a
 * column does not count, since it tells how the table came about.
 */
export function differencesByName(before: Schema, after: Schema): readonly SchemaDifference[] {
  const named = new Map([...before.values()].map((object) => [nameOf(object), object]));
  return compare(before, after, (object) => named.get(nameOf(object)), sameApart);
}

/** Whether two schemas that were built apart hold the same objects. */
export function sameSchema(a: Schema, b: Schema): boolean {
  return differencesByName(a, b).length === 0;
}

function compare(
  before: Schema,
  after: Schema,
  earlier: (object: SchemaObject) => SchemaObject | undefined,
  isSame: (before: SchemaObject, after: SchemaObject) => boolean,
): readonly SchemaDifference[] {
  const found: SchemaDifference[] = [];
  const kept = new Set<SchemaObject>();
  for (const object of after.values()) {
    const old = earlier(object);
    if (old !== undefined) kept.add(old);
    if (old === object) continue;
    if (old !== undefined && !isSame(old, object))
      found.push({ kind: 'altered', before: old, after: object });
    if (old === undefined && !isImplied(object)) found.push({ kind: 'created', object });
  }
  for (const object of before.values()) {
    if (!kept.has(object) && !isImplied(object)) found.push({ kind: 'dropped', object });
  }
  return found.toSorted(inOrder);
}

/** An object stays on its table: another name of that is the table's alteration. */
function sameOnItsTable(before: SchemaObject, after: SchemaObject): boolean {
  const table = 'table' in before && 'table' in after ? { table: before.table } : {};
  return isDeepStrictEqual(before, { ...after, ...table, key: before.key });
}

function sameApart(before: SchemaObject, after: SchemaObject): boolean {
  const number = before.kind === 'column' && after.kind === 'column' ? { number: before.number } : {};
  return isDeepStrictEqual(before, { ...after, ...number, key: before.key });
}

/**
 * Since 18, NOT NULL of a column is a constraint too, which PostgreSQL names, and since 17 NOT NULL of a domain. Those
 * say no more than the column or the domain does.
 */
function isImplied(object: SchemaObject): boolean {
  return (
    object.kind === 'constraint' &&
    object.type === 'not null' &&
    object.validated &&
    /_not_null\d*$/.test(object.name) &&
    !object.definition.endsWith(' NO INHERIT')
  );
}

/** ALTER COLUMN TYPE drops these and creates them again. */
function isRebuilt({ kind }: SchemaObject): boolean {
  return kind === 'index' || kind === 'constraint' || kind === 'statistics';
}

function nameOf(object: SchemaObject): string {
  return JSON.stringify([object.kind, 'table' in object ? object.table : '', object.name]);
}

const order: ReadonlyMap<SchemaObject['kind'], number> = new Map(
  families.flatMap(({ kinds }, index) => kinds.map((kind) => [kind, index])),
);

function inOrder(a: SchemaDifference, b: SchemaDifference): number {
  const [x, y] = [place(a), place(b)];
  return x.family - y.family || byText(x.table, y.table) || x.number - y.number || byText(x.name, y.name);
}

function place(difference: SchemaDifference) {
  const object = difference.kind === 'altered' ? difference.after : difference.object;
  return {
    family: order.get(object.kind) ?? 0,
    table: 'table' in object ? object.table : '',
    number: object.kind === 'column' ? object.number : 0,
    name: object.name,
  };
}

function byText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
