import { z } from 'zod';
import type { SchemaObject } from '../../model/schema.ts';

/**
 * When rows written into a catalogue can have changed objects of a family: always; or only if an index is locked that
 * was known before; or a relation that was not, which is a new one or that of a composite type.
 */
export type Condition = 'always' | 'a known index is locked' | 'another relation is locked';

/** Kinds of objects that one query reads. Its rows are objects as the model has them. */
export interface Family {
  readonly kinds: readonly SchemaObject['kind'][];
  /**
   * System catalogues that the query reads: objects of the family stay as they are while no row of these is
   * written and nothing that they mention gets another name.
   */
  readonly catalogues: Readonly<Record<string, Condition>>;
  /**
   * `of relations`: what belongs to relations, which are locked by whoever changes it. The query takes their oids
   * as `$1`, or null for all. `all at once`: the query takes nothing.
   */
  readonly reads: 'of relations' | 'all at once';
  /** `table` in its rows is the key of what the object belongs to; it is another's if that is no object of users. */
  readonly query: string;
  readonly object: z.ZodType<SchemaObject>;
}

/** The first oid that belongs to users (FirstNormalObjectId in PostgreSQL's access/transam.h). */
export const firstUserOid = 16_384;

/** Users' objects but those that an extension brought, which come and go with it. */
export function isUsers(catalogue: string, oid: string): string {
  return `${oid} >= ${firstUserOid} AND NOT EXISTS (SELECT FROM pg_depend AS member
    WHERE member.classid = '${catalogue}'::regclass AND member.objid = ${oid} AND member.deptype = 'e')`;
}

/** Relations and what belongs to them, by the oid of the relation. */
export function ofRelations(oid: string): string {
  return `${oid} >= ${firstUserOid} AND ($1::oid[] IS NULL OR ${oid} = ANY ($1))`;
}

/**
 * Likewise, with those of which the transaction has written rows in a catalogue: GRANT locks nothing. `age` counts
 * back from the transaction's own number; subtransactions have later ones.
 */
export function ofRelationsOrWritten(oid: string, catalogue: string, column: string): string {
  const written = `SELECT w.${column} FROM ${catalogue} AS w WHERE w.${column} >= ${firstUserOid} AND age(w.xmin) <= 0`;
  return `${oid} >= ${firstUserOid} AND ($1::oid[] IS NULL OR ${oid} = ANY ($1 || ARRAY(${written})))`;
}

/** Qualified name of a relation. */
export function relationName(oid: string): string {
  return `(SELECT array_to_string(r.object_names, '.')
    FROM pg_identify_object_as_address('pg_class'::regclass, ${oid}, 0) AS r)`;
}

/**
 * Privileges, none where only those hold that an owner and PUBLIC have by default.
 *
 * @param type SQL of the type of object, as acldefault takes it
 */
export function privileges(acl: string, type: string, owner: string): string {
  const defaults = `acldefault(${type}, ${owner})`;
  return `CASE WHEN ${acl} IS NULL OR ${acl} @> ${defaults} AND ${acl} <@ ${defaults} THEN '{}' ELSE ${acl} END::text[]`;
}

/** Privileges are granted in some order, which does not matter. */
export const privilegeList = z.array(z.string()).transform((privileges) => privileges.toSorted());

/** The texts of pg_trigger.tgenabled and pg_rewrite.ev_enabled. */
export function stateOf(enabled: string): string {
  return `CASE ${enabled} WHEN 'O' THEN 'enabled' WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'replica' ELSE 'always' END`;
}

export const objectStates = ['enabled', 'disabled', 'replica', 'always'] as const;
