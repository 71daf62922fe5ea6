/**
 * Objects of a database as its system catalogues describe them (PostgreSQL documentation, "System Catalogs"),
 * one flat list, so that two states of a schema can be compared. Properties hold no oids: the same schema built
 * twice has the same properties. Names are qualified with their schema, and written without quotes.
 */

/** What every object has. */
interface Named<Kind extends string> {
  readonly kind: Kind;
  /**
   * Tells the object from all others of its database for as long as it lives, through renames: catalogue and oid,
   * and the number of a column.
   */
  readonly key: string;
  /** `schema.name` of an object that has a schema; the plain name of a column, constraint, trigger, policy, rule. */
  readonly name: string;
}

/** What has an owner and privileges of its own. */
interface Owned {
  readonly owner: string;
  /** As aclitem texts, sorted; empty where only the defaults hold. */
  readonly privileges: readonly string[];
}

/** What belongs to a table or view and goes with it. */
interface OnTable {
  /** Qualified name of the relation. */
  readonly table: string;
}

export interface TableObject extends Named<'table' | 'partitioned table' | 'foreign table'>, Owned {
  readonly persistence: 'permanent' | 'unlogged';
  /** As in reloptions: `fillfactor=70`. */
  readonly options: readonly string[];
  readonly rowSecurity: 'off' | 'enabled' | 'forced';
  readonly replicaIdentity: 'default' | 'nothing' | 'full' | 'index';
  readonly accessMethod: string | null;
  readonly tablespace: string | null;
  /** Qualified names of inheritance parents, or the partitioned table. */
  readonly parents: readonly string[];
  /** `FOR VALUES FROM (1) TO (10)`, or null. */
  readonly partitionBound: string | null;
  /** `RANGE (created_at)`, or null. */
  readonly partitionKey: string | null;
}

export interface ColumnObject extends Named<'column'>, OnTable {
  /** attnum */
  readonly number: number;
  /** As format_type prints it. */
  readonly type: string;
  /** True as well while the column's NOT NULL constraint is NOT VALID (18): it holds for rows that are written. */
  readonly notNull: boolean;
  /** Text of the default, or of the generation expression. */
  readonly default: string | null;
  readonly generated: 'stored' | 'virtual' | null;
  readonly identity: 'always' | 'by default' | null;
  /** Null for types without collation; `default` and others of PostgreSQL's own without their schema. */
  readonly collation: string | null;
  readonly storage: 'plain' | 'external' | 'main' | 'extended';
  /** Null for the server's default. */
  readonly compression: 'pglz' | 'lz4' | null;
  /** Null for the server's default. */
  readonly statisticsTarget: number | null;
  /** As in attoptions: `n_distinct=0.5`. */
  readonly options: readonly string[];
  /** As aclitem texts, sorted: what holds for the column only. */
  readonly privileges: readonly string[];
}

export interface ConstraintObject extends Named<'constraint'> {
  /** Qualified name of the table or the domain. */
  readonly table: string;
  readonly type: 'check' | 'foreign key' | 'primary key' | 'unique' | 'exclusion' | 'not null';
  /** As pg_get_constraintdef prints it. */
  readonly definition: string;
  readonly columns: readonly string[];
  readonly validated: boolean;
  /** False for NOT ENFORCED (18). */
  readonly enforced: boolean;
  readonly deferrable: boolean;
  /** Foreign keys: the referenced table and its columns, and what happens to the referencing rows. */
  readonly references: {
    readonly table: string;
    readonly columns: readonly string[];
    readonly onDelete: ReferentialAction;
    readonly onUpdate: ReferentialAction;
  } | null;
}

export type ReferentialAction = 'no action' | 'restrict' | 'cascade' | 'set null' | 'set default';

export interface IndexObject extends Named<'index'>, OnTable {
  /** As pg_get_indexdef prints it. */
  readonly definition: string;
  readonly method: string;
  /** Key columns or expressions, then included columns, as pg_get_indexdef prints them. */
  readonly keys: readonly string[];
  readonly included: readonly string[];
  readonly predicate: string | null;
  readonly unique: boolean;
  readonly primary: boolean;
  readonly valid: boolean;
  readonly replicaIdentity: boolean;
  /** Name of the constraint that it backs, or null. */
  readonly constraint: string | null;
}

export interface SequenceObject extends Named<'sequence'>, Owned {
  readonly type: string;
  readonly start: string;
  readonly increment: string;
  readonly minimum: string;
  readonly maximum: string;
  readonly cycles: boolean;
  /** `schema.table.column`, or null. */
  readonly ownedBy: string | null;
}

export interface ViewObject extends Named<'view' | 'materialised view'>, Owned {
  /** As pg_get_viewdef prints it. */
  readonly definition: string;
  readonly options: readonly string[];
}

/** `name` is followed by the argument types: `public.f(integer, text)`. */
export interface FunctionObject extends Named<'function' | 'procedure' | 'aggregate'>, Owned {
  /** As pg_get_functiondef prints it. */
  readonly definition: string;
  readonly volatility: 'immutable' | 'stable' | 'volatile';
  readonly securityDefiner: boolean;
  /** SET clauses: `search_path=pg_catalog`. */
  readonly settings: readonly string[];
  readonly returns: string;
}

export interface TriggerObject extends Named<'trigger'>, OnTable {
  /** As pg_get_triggerdef prints it. */
  readonly definition: string;
  readonly state: 'enabled' | 'disabled' | 'replica' | 'always';
}

export interface PolicyObject extends Named<'policy'>, OnTable {
  readonly command: 'all' | 'select' | 'insert' | 'update' | 'delete';
  readonly permissive: boolean;
  readonly roles: readonly string[];
  readonly using: string | null;
  readonly check: string | null;
}

/** A rewrite rule other than those that views are made of. */
export interface RuleObject extends Named<'rule'>, OnTable {
  readonly definition: string;
  readonly state: 'enabled' | 'disabled' | 'replica' | 'always';
}

export interface EnumObject extends Named<'enum'> {
  /** In their order. */
  readonly labels: readonly string[];
}

export interface DomainObject extends Named<'domain'> {
  readonly type: string;
  readonly notNull: boolean;
  readonly default: string | null;
}

/** Composite and range types, and others that are no relation's row type. */
export interface TypeObject extends Named<'type'> {
  readonly definition: string;
}

export interface ExtensionObject extends Named<'extension'> {
  readonly version: string;
}

export interface PublicationObject extends Named<'publication'> {
  /** Qualified names of what is published by itself. */
  readonly tables: readonly string[];
  /** Schemas whose tables are all published (15); `all` for FOR ALL TABLES. */
  readonly schemas: readonly string[] | 'all';
  readonly publishes: readonly ('insert' | 'update' | 'delete' | 'truncate')[];
  readonly viaRoot: boolean;
}

/** What only has a name and a text. Comments are no objects. */
export interface OtherObject
  extends Named<'schema' | 'collation' | 'statistics' | 'default privileges' | 'event trigger'> {
  readonly definition: string;
}

export type SchemaObject =
  | TableObject
  | ColumnObject
  | ConstraintObject
  | IndexObject
  | SequenceObject
  | ViewObject
  | FunctionObject
  | TriggerObject
  | PolicyObject
  | RuleObject
  | EnumObject
  | DomainObject
  | TypeObject
  | ExtensionObject
  | PublicationObject
  | OtherObject;

/** All objects of one schema state, by key. */
export type Schema = ReadonlyMap<string, SchemaObject>;

/** What happened to one object between two states. A rename is an alteration: the key stays. */
export type SchemaDifference =
  | { readonly kind: 'created'; readonly object: SchemaObject }
  | { readonly kind: 'dropped'; readonly object: SchemaObject }
  | { readonly kind: 'altered'; readonly before: SchemaObject; readonly after: SchemaObject };

/** What an object is called without its schema and, for functions, without its argument types. */
export function plainName(name: string): string {
  return name.replace(/\(.*$/s, '').replace(/^[^.]*\./, '');
}
