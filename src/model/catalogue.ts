/** A column as the catalogue describes it (pg_attribute). */
export interface Column {
  readonly name: string;
  /** attnum. */
  readonly number: number;
  /** As format_type prints it: `character varying(40)`. */
  readonly type: string;
  /** Base type's name without modifier: `varchar`, `int4`, `timestamptz`. */
  readonly typeName: string;
  readonly typeKind: 'base' | 'enum' | 'domain' | 'composite' | 'range' | 'other';
  /** Fixed length in bytes, or -1 for a variable one (typlen). */
  readonly length: number;
  /** Bytes at whose multiples a value of fixed length, or a long one, begins (attalign). */
  readonly alignment: 1 | 2 | 4 | 8;
  /** Declared length of character types, or null. */
  readonly maxLength: number | null;
  readonly notNull: boolean;
  /** Text of the default expression, or null. */
  readonly default: string | null;
  readonly identity: boolean;
  /** Labels of an enum type. */
  readonly enumLabels: number;
  readonly collation: string | null;
}

interface IndexKey {
  /** Column name, or null for an expression. */
  readonly column: string | null;
  /** Text of an expression as pg_get_indexdef prints it, or null for a column. */
  readonly expression: string | null;
  /** Operator class, such as `text_ops` or `gin_trgm_ops`. */
  readonly operatorClass: string;
  /** Null for types without collation. */
  readonly collation: string | null;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

export interface Index {
  readonly oid: number;
  readonly name: string;
  /** Access method: `btree`, `gin`, ... */
  readonly method: string;
  readonly keys: readonly IndexKey[];
  readonly included: readonly string[];
  readonly unique: boolean;
  readonly primary: boolean;
  readonly valid: boolean;
  /** Condition of a partial index, or null. */
  readonly predicate: string | null;
}

export interface ForeignKey {
  readonly name: string;
  readonly columns: readonly string[];
  /** Qualified name of the referenced table. */
  readonly references: string;
  readonly referencedColumns: readonly string[];
}

type TableKind = 'table' | 'partitioned table' | 'materialised view';

export interface Table {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  readonly kind: TableKind;
  /** Oid of the partitioned table that this is a partition of, or null. */
  readonly partitionOf: number | null;
  readonly columns: readonly Column[];
  readonly indexes: readonly Index[];
  readonly foreignKeys: readonly ForeignKey[];
}

/** The tables of one schema state. */
export interface Catalogue {
  readonly tables: readonly Table[];
}

/** `schema.name`, the way relations are named throughout a review. */
export function qualifiedName(relation: { readonly schema: string; readonly name: string }): string {
  return `${relation.schema}.${relation.name}`;
}
