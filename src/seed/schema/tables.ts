import { escapeIdentifier } from 'pg';
import type { Session } from '../../model/server.ts';
import { type Relation, readRelations } from './relations.ts';
import type { TypeOf, ValueType } from './types.ts';

export interface SeedColumn {
  readonly name: string;
  /** attnum. */
  readonly number: number;
  readonly type: ValueType;
  readonly notNull: boolean;
  /** Whether the server gives it a number: an identity column, or one whose default is taken from a sequence. */
  readonly numbered: boolean;
  /** Text of the default expression, or null. */
  readonly default: string | null;
}

export interface SeedForeignKey {
  readonly columns: readonly string[];
  /** Oid of the referenced table; the partitioned one, where it is a partition. */
  readonly references: number;
  readonly referencedColumns: readonly string[];
}

/** A condition on the rows of a table. */
export interface SeedCheck {
  readonly expression: string;
  readonly columns: readonly string[];
}

/** A place that rows go to: the table itself, or one of its partitions, by way of the table. */
interface Destination {
  readonly name: string;
  /** Quoted and qualified. */
  readonly sql: string;
  /** Checks of the table, those of the partition and its bounds. */
  readonly checks: readonly SeedCheck[];
}

/** A table as far as rows are made for it. Partitions belong to their partitioned table. */
export interface SeedTable {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  /** Quoted and qualified. */
  readonly sql: string;
  /** All but generated columns. */
  readonly columns: readonly SeedColumn[];
  readonly foreignKeys: readonly SeedForeignKey[];
  /** Sets of columns in which no two rows may be the same, of unique indexes; the primary key first. */
  readonly unique: readonly (readonly string[])[];
  /** None for a partitioned table without partitions, which has no rows anywhere. */
  readonly destinations: readonly Destination[];
  /** Whether row level security holds for the owner as well. */
  readonly forcesRowSecurity: boolean;
}

/** Reads the tables that rows can be inserted into, in one round trip. The session must not be in a transaction. */
export async function readSeedTables(session: Session): Promise<readonly SeedTable[]> {
  const { relations, typeOf } = await readRelations(session);
  const byOid = new Map(relations.map((relation) => [relation.row.oid, relation]));
  const leavesOf = Map.groupBy(
    relations.filter(({ row }) => row.kind === 'r' && row.root !== null),
    ({ row }) => row.root,
  );
  return relations
    .filter(({ row }) => row.root === null || row.root === row.oid)
    .map((relation) => tableOf(relation, leavesOf.get(relation.row.oid) ?? [], byOid, typeOf));
}

function tableOf(
  relation: Relation,
  leaves: readonly Relation[],
  byOid: ReadonlyMap<number, Relation>,
  typeOf: TypeOf,
): SeedTable {
  const { oid, schema, name, kind, forcesRowSecurity } = relation.row;
  const keys = relation.constraints;
  return {
    oid,
    schema,
    name,
    sql: quoted(schema, name),
    columns: relation.columns
      .filter(({ generated }) => !generated)
      .map(({ type, modifier, ...column }) => ({ ...column, type: typeOf(type, modifier) })),
    foreignKeys: keys.flatMap((key): readonly SeedForeignKey[] => {
      const referenced = byOid.get(key.references);
      if (key.kind !== 'f' || referenced === undefined) return [];
      return [
        {
          columns: names(relation, key.columns),
          references: referenced.row.root ?? key.references,
          referencedColumns: names(referenced, key.referencedColumns),
        },
      ];
    }),
    unique: relation.unique.map(({ columns }) => names(relation, columns)),
    destinations:
      kind === 'p' || leaves.length > 0
        ? leaves.map((leaf) => destinationOf(leaf))
        : [destinationOf(relation)],
    forcesRowSecurity,
  };
}

/** The partitions of a table have its columns, and its checks as their own. */
function destinationOf(relation: Relation): Destination {
  const { schema, name, bound } = relation.row;
  const checks = relation.constraints.flatMap(({ kind, expression, columns }): readonly SeedCheck[] =>
    kind === 'c' && expression !== null ? [{ expression, columns: names(relation, columns) }] : [],
  );
  const place = { name: `${schema}.${name}`, sql: quoted(schema, name) };
  if (bound === null) return { ...place, checks };
  const columns = relation.columns.map((column) => column.name);
  return {
    ...place,
    checks: [...checks, { expression: bound, columns: columns.filter((column) => mentions(bound, column)) }],
  };
}

function quoted(schema: string, name: string): string {
  return `${escapeIdentifier(schema)}.${escapeIdentifier(name)}`;
}

/** Whether an expression that the server printed holds a column's name, quoted or not. */
function mentions(expression: string, column: string): boolean {
  const words: readonly string[] = expression.match(/"(?:[^"]|"")*"|[\p{L}_][\p{L}\p{N}_$]*/gu) ?? [];
  return words.includes(column) || words.includes(escapeIdentifier(column));
}

function names({ columns }: Relation, numbers: readonly number[] | null): readonly string[] {
  const byNumber = new Map(columns.map((column) => [column.number, column.name]));
  return (numbers ?? []).flatMap((number) => byNumber.get(number) ?? []);
}
