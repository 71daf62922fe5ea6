import { type LockMode, lockModes } from '../../model/observation.ts';
import type { Schema, SchemaDifference, SchemaObject } from '../../model/schema.ts';
import type { Row, Session } from '../../model/server.ts';
import { differences } from './differences.ts';
import { families } from './families.ts';
import type { Condition, Family } from './family.ts';
import { readFamilies, readSchema } from './read.ts';

/** Rows that the open transaction has written, by system catalogue. They only grow, savepoints or not. */
export type CatalogueWrites = ReadonlyMap<string, number>;

/**
 * Counts what the open transaction has written into system catalogues: columns `catalogue` and `writes`
 * (PostgreSQL documentation, "The Cumulative Statistics System": pg_stat_xact_sys_tables is made of these functions).
 * The `search_path` in effect does not matter.
 */
export const catalogueWritesQuery = `
  SELECT w.catalogue, w.writes
  FROM (SELECT c.relname AS catalogue, (pg_catalog.pg_stat_get_xact_tuples_inserted(c.oid)
      OPERATOR(pg_catalog.+) pg_catalog.pg_stat_get_xact_tuples_updated(c.oid)
      OPERATOR(pg_catalog.+) pg_catalog.pg_stat_get_xact_tuples_deleted(c.oid))::pg_catalog.float8 AS writes
    FROM pg_catalog.pg_class AS c
    WHERE c.oid OPERATOR(pg_catalog.<) 16384 AND c.relkind OPERATOR(pg_catalog.=) 'r') AS w
  WHERE w.writes OPERATOR(pg_catalog.>) 0`;

export function readCatalogueWrites(rows: readonly Row[]): CatalogueWrites {
  return new Map(rows.map((row) => [String(row['catalogue']), Number(row['writes'])]));
}

/** Names of the catalogues that were written between two counts in one transaction. */
export function writtenBetween(before: CatalogueWrites, after: CatalogueWrites): ReadonlySet<string> {
  const written = [...after].filter(([catalogue, writes]) => writes !== (before.get(catalogue) ?? 0));
  return new Set(written.map(([catalogue]) => catalogue));
}

/** A schema after a statement, and what the statement did to it. */
export interface SchemaStep {
  readonly schema: Schema;
  readonly differences: readonly SchemaDifference[];
}

/**
 * What a statement inside a transaction has left of a schema: reads only what can have changed. After ROLLBACK TO
 * SAVEPOINT, which takes back what was written and writes nothing, the schema is to be read as a whole.
 *
 * @param known the schema before the statement; it is returned as it is if nothing changed
 * @param written names of the system catalogues that the statement wrote
 * @param locks modes that the transaction holds after the statement, by oid of the relation, dropped ones included
 * @throws StatementFailed, TimeLimitReached
 */
export async function readSchemaAgain(
  session: Session,
  known: Schema,
  written: ReadonlySet<string>,
  locks: ReadonlyMap<number, readonly LockMode[]>,
): Promise<SchemaStep> {
  const relations = [...locks].filter(([, modes]) => modes.some(canAlter)).map(([oid]) => oid);
  const wanted = familiesWritten(written, relations, known);
  if (wanted === 'all') return readAll(session, known);
  if (wanted.length === 0) return { schema: known, differences: [] };
  const read = await readFamilies(session, wanted, relations, known);
  if (changesTexts(known, read)) return readAll(session, known);
  const before = objectsReadAgain(known, wanted, relations, read);
  const found = differences(before, read);
  if (found.length === 0) return { schema: known, differences: [] };
  const schema = new Map(known);
  for (const key of before.keys()) schema.delete(key);
  for (const [key, object] of read) schema.set(key, object);
  return { schema, differences: found };
}

async function readAll(session: Session, known: Schema): Promise<SchemaStep> {
  const schema = await readSchema(session);
  return { schema, differences: differences(known, schema) };
}

/** Whoever writes what the catalogues hold of a relation keeps others from doing so: the weakest lock for that. */
function canAlter(mode: LockMode): boolean {
  return lockModes.indexOf(mode) >= lockModes.indexOf('ShareUpdateExclusiveLock');
}

/** Catalogues that hold nothing of the model, and are written along with others. */
const ofNoFamily: ReadonlySet<string> = new Set([
  'pg_description',
  'pg_shdescription',
  'pg_seclabel',
  'pg_shseclabel',
  'pg_statistic',
  'pg_statistic_ext_data',
  'pg_init_privs',
  'pg_largeobject',
  'pg_largeobject_metadata',
  'pg_shdepend',
]);

/**
 * Extensions bring objects that others mention, and so do catalogues that no family knows (operator classes, roles,
 * languages). A statement that writes dependencies only (ALTER EXTENSION ADD) changes whose an object is.
 */
function familiesWritten(
  written: ReadonlySet<string>,
  relations: readonly number[],
  known: Schema,
): readonly Family[] | 'all' {
  const counting = [...written].filter((catalogue) => !ofNoFamily.has(catalogue));
  if (counting.length === 0) return [];
  const others = counting.filter((catalogue) => catalogue !== 'pg_depend');
  const isKnown = others.length > 0 && others.every((catalogue) => ofFamilies.has(catalogue));
  if (!isKnown || written.has('pg_extension')) return 'all';
  const locked = relations.map((oid) => known.get(`pg_class:${oid}`));
  const met = new Set<Condition>(['always']);
  if (locked.some((relation) => relation?.kind === 'index')) met.add('a known index is locked');
  if (locked.includes(undefined)) met.add('another relation is locked');
  return families.filter(({ catalogues }) =>
    Object.entries(catalogues).some(([catalogue, condition]) => written.has(catalogue) && met.has(condition)),
  );
}

const ofFamilies: ReadonlySet<string> = new Set(
  families.flatMap(({ catalogues }) => Object.keys(catalogues)),
);

/** What was known of the objects that have been read again. Constraints of domains are read with any others. */
function objectsReadAgain(
  known: Schema,
  wanted: readonly Family[],
  relations: readonly number[],
  read: Schema,
): Schema {
  const keys = new Set(relations.map((oid) => `pg_class:${oid}`));
  const tables = new Set<string>();
  for (const { kind, key, name } of known.values()) if (kind === 'domain' || keys.has(key)) tables.add(name);
  const reads = new Map(wanted.flatMap((family) => family.kinds.map((kind) => [kind, family.reads])));
  const found = new Map<string, SchemaObject>();
  for (const [key, object] of known) {
    const how = reads.get(object.kind);
    const isLocked = keys.has(key) || ('table' in object && tables.has(object.table));
    if (how === 'all at once' || (how === 'of relations' && (isLocked || read.has(key))))
      found.set(key, object);
  }
  return found;
}

/**
 * Whether something that others mention was given another name: definitions of views, indexes and constraints are
 * printed from what they depend on. Labels of an enum and attributes of a type are mentioned too.
 */
function changesTexts(known: Schema, read: Schema): boolean {
  return [...read.values()].some((object) => {
    const earlier = known.get(object.key);
    if (earlier === undefined) return false;
    if (earlier.name !== object.name) return true;
    if (object.kind === 'enum' && earlier.kind === 'enum') {
      return earlier.labels.some((label) => !object.labels.includes(label));
    }
    if (object.kind === 'type' && earlier.kind === 'type') return earlier.definition !== object.definition;
    return false;
  });
}
