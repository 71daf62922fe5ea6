import type { Schema, SchemaObject } from '../../model/schema.ts';
import type { Session } from '../../model/server.ts';
import { families } from './families.ts';
import type { Family } from './family.ts';
import { undisturbed } from './undisturbed.ts';

/**
 * Reads all objects of users, in one round trip: inside a transaction as it sees them, and without touching its
 * settings and locks.
 *
 * @throws StatementFailed, TimeLimitReached
 */
export function readSchema(session: Session): Promise<Schema> {
  return readFamilies(session, families, null, new Map());
}

/**
 * @param relations oids of the relations whose objects are read; null for all
 * @param known objects that others belong to and that are not read
 */
export async function readFamilies(
  session: Session,
  wanted: readonly Family[],
  relations: readonly number[] | null,
  known: Schema,
): Promise<Schema> {
  const objects = await undisturbed(session, () =>
    Promise.all(wanted.map((family) => readFamily(session, family, relations))),
  );
  const read = new Map(objects.flat().map((object) => [object.key, object]));
  const nameOf = (key: string) => (read.get(key) ?? known.get(key))?.name;
  return new Map(
    [...read].flatMap(([key, object]) => withTable(object, nameOf).map((named) => [key, named])),
  );
}

async function readFamily(
  session: Session,
  { query, reads, object }: Family,
  relations: readonly number[] | null,
): Promise<readonly SchemaObject[]> {
  const rows = await session.repeated(query, reads === 'of relations' ? [relations] : []);
  return rows.map((row) => object.parse(row));
}

/** The object with the name of its table in place of the key, or nothing if that is no object of users. */
function withTable(
  object: SchemaObject,
  nameOf: (key: string) => string | undefined,
): readonly SchemaObject[] {
  if (!('table' in object)) return [object];
  const table = nameOf(object.table);
  return table === undefined ? [] : [{ ...object, table }];
}
