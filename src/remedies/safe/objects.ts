import type { Schema, SchemaDifference, SchemaObject, TableObject, ViewObject } from '../../model/schema.ts';

interface Kinds {
  readonly column: Extract<SchemaObject, { kind: 'column' }>;
  readonly constraint: Extract<SchemaObject, { kind: 'constraint' }>;
  readonly index: Extract<SchemaObject, { kind: 'index' }>;
  readonly sequence: Extract<SchemaObject, { kind: 'sequence' }>;
  readonly 'materialised view': ViewObject;
}

/** Those objects that are of one kind. */
export function ofKind<Kind extends keyof Kinds>(
  objects: Iterable<SchemaObject>,
  kind: Kind,
): readonly Kinds[Kind][] {
  return [...objects].filter((object): object is Kinds[Kind] => object.kind === kind);
}

export function tablesOf(objects: Iterable<SchemaObject>): readonly TableObject[] {
  return [...objects].filter(
    (object): object is TableObject => object.kind === 'table' || object.kind === 'partitioned table',
  );
}

/** A table, partitioned or not, by its qualified name. */
export function tableNamed(schema: Schema, name: string): TableObject | null {
  return tablesOf(schema.values()).find((table) => table.name === name) ?? null;
}

/** Names of the tables that inherit from a table or are its partitions, at any depth. */
export function descendants(schema: Schema, name: string): ReadonlySet<string> {
  const tables = tablesOf(schema.values());
  const found = new Set<string>();
  const add = (parent: string) => {
    for (const table of tables) {
      if (!table.parents.includes(parent) || found.has(table.name)) continue;
      found.add(table.name);
      add(table.name);
    }
  };
  add(name);
  return found;
}

/** Objects that a statement created, or dropped. */
export function objectsOf(
  differences: readonly SchemaDifference[],
  how: 'created' | 'dropped',
): readonly SchemaObject[] {
  return differences.flatMap((each) => (each.kind !== 'altered' && each.kind === how ? [each.object] : []));
}

/** The schema after a statement. */
export function schemaAfter(schema: Schema, differences: readonly SchemaDifference[]): Schema {
  const after = new Map(schema);
  for (const difference of differences) {
    switch (difference.kind) {
      case 'created':
        after.set(difference.object.key, difference.object);
        break;
      case 'dropped':
        after.delete(difference.object.key);
        break;
      case 'altered':
        after.set(difference.after.key, difference.after);
        break;
      default:
        difference satisfies never;
    }
  }
  return after;
}
