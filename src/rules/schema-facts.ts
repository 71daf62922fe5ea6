import { plainName, type Schema, type SchemaObject, type TableObject } from '../model/schema.ts';
import { isRecordTable } from '../sql/record-tables.ts';

export type Kind = SchemaObject['kind'];

/** What a migration tool made for its own records is nobody's to mend. */
function isOfRecords(object: SchemaObject): boolean {
  const table = 'table' in object ? object.table : object.kind === 'table' ? object.name : null;
  return table !== null && isRecordTable(plainName(table));
}

/** Objects of a kind. */
export type ObjectOf<K extends Kind> = SchemaObject & { readonly kind: K };

/** A schema state, asked by kind and by table. */
export class SchemaFacts {
  readonly #byKind: ReadonlyMap<Kind, readonly SchemaObject[]>;
  readonly #byTable: ReadonlyMap<string, readonly SchemaObject[]>;

  constructor(schema: Schema) {
    const objects = [...schema.values()].filter((object) => !isOfRecords(object));
    this.#byKind = Map.groupBy(objects, ({ kind }) => kind);
    this.#byTable = Map.groupBy(
      objects.filter((object) => 'table' in object),
      (object) => ('table' in object ? object.table : ''),
    );
  }

  /** All tables but partitions, which mostly are as the partitioned table is that stands for them. */
  get tables(): readonly TableObject[] {
    return this.all('table', 'partitioned table').filter(({ partitionBound }) => partitionBound === null);
  }

  /** All objects of some kinds. */
  all<K extends Kind>(...kinds: readonly K[]): readonly ObjectOf<K>[] {
    return kinds.flatMap((kind) => this.#byKind.get(kind) ?? []).filter((object) => isOf(object, kinds));
  }

  /** What belongs to a table, by its qualified name: columns, constraints, indexes, triggers, policies, rules. */
  on<K extends Kind>(table: string, ...kinds: readonly K[]): readonly ObjectOf<K>[] {
    return (this.#byTable.get(table) ?? []).filter((object) => isOf(object, kinds));
  }
}

export function isOf<K extends Kind>(object: SchemaObject, kinds: readonly K[]): object is ObjectOf<K> {
  return kinds.some((kind) => kind === object.kind);
}
