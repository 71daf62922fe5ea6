import { z } from 'zod';
import type { Lock } from '../model/observation.ts';
import type { PlanNode } from '../model/plan.ts';
import type { Session } from '../model/server.ts';

/** Qualified names of two tables of which one refers to the other. */
export interface Reference {
  readonly referencing: string;
  readonly referenced: string;
  readonly cascades: boolean;
}

const referencesQuery = `
  SELECT rn.nspname || '.' || r.relname AS referencing, tn.nspname || '.' || t.relname AS referenced,
    f.confdeltype IN ('c', 'n', 'd') AS cascades
  FROM pg_catalog.pg_constraint f
    JOIN pg_catalog.pg_class r ON r.oid = f.conrelid JOIN pg_catalog.pg_namespace rn ON rn.oid = r.relnamespace
    JOIN pg_catalog.pg_class t ON t.oid = f.confrelid JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace
  WHERE f.contype = 'f' AND f.oid >= 16384
  ORDER BY f.oid`;

const reference = z.object({ referencing: z.string(), referenced: z.string(), cascades: z.boolean() });

export async function readReferences(session: Session): Promise<readonly Reference[]> {
  return (await session.query(referencesQuery)).map((row) => reference.parse(row));
}

/**
 * Locks that a foreign key takes when a query runs, which planning does not show (ri_triggers.c): who inserts looks
 * the referenced row up with FOR KEY SHARE; who deletes looks for referencing rows in the same way, or changes them
 * where the key says so. An UPDATE does either only if it changes the key, which its plan does not tell.
 */
export function locksOfForeignKeys(plan: PlanNode, references: readonly Reference[]): readonly Lock[] {
  const { operation, children } = plan;
  const own = operation.kind === 'modify' ? locksOf(operation, references) : [];
  return [...own, ...children.flatMap((child) => locksOfForeignKeys(child, references))];
}

function locksOf(
  { operation, relation: { schema, name } }: Extract<PlanNode['operation'], { readonly kind: 'modify' }>,
  references: readonly Reference[],
): readonly Lock[] {
  const table = `${schema}.${name}`;
  return references.flatMap(({ referencing, referenced, cascades }): readonly Lock[] => {
    if (operation === 'Insert' && referencing === table)
      return [{ relation: referenced, mode: 'RowShareLock' }];
    if (operation !== 'Delete' || referenced !== table) return [];
    return [{ relation: referencing, mode: cascades ? 'RowExclusiveLock' : 'RowShareLock' }];
  });
}
