import { type BuiltIndex, type Lock, type LockMode, lockModes, type Scan } from '../model/observation.ts';
import type { RelationState, Relations, Snapshot } from './snapshot.ts';

/** What happened between two snapshots, to relations that existed before the change. */
export interface Effects {
  readonly rewrites: readonly string[];
  readonly scans: readonly Scan[];
  readonly indexesBuilt: readonly BuiltIndex[];
}

/** The relations that existed before the change, by oid; they keep the names they had then. */
export type Existing = Relations;

const tableKinds: ReadonlySet<string> = new Set(['r', 'p', 'm']);
const indexKinds: ReadonlySet<string> = new Set(['i', 'I']);

export function effectsBetween(before: Snapshot, after: Snapshot, existing: Existing): Effects {
  const rewritten = [...after.relations.values()].filter((relation) => {
    const earlier = before.relations.get(relation.oid);
    return (
      existing.has(relation.oid) &&
      tableKinds.has(relation.kind) &&
      earlier !== undefined &&
      earlier.fileNode !== relation.fileNode
    );
  });
  const rewrites = new Set(rewritten.map(({ oid }) => oid));
  return {
    rewrites: rewritten.map((relation) => nameOf(relation, existing)).toSorted(),
    scans: scansBetween(before, after, existing),
    indexesBuilt: [...after.relations.values()]
      .toSorted((a, b) => a.oid - b.oid)
      .flatMap((index) => {
        const table = index.indexOf === null ? undefined : existing.get(index.indexOf);
        // A rewrite builds every index anew: that is the rewrite, told once.
        if (index.kind !== 'i' || table === undefined || rewrites.has(table.oid)) return [];
        const isBuilt = before.relations.get(index.oid)?.fileNode !== index.fileNode;
        return isBuilt ? [{ index: index.name, relation: table.name }] : [];
      }),
  };
}

function scansBetween(before: Snapshot, after: Snapshot, existing: Existing): readonly Scan[] {
  const scanned = [...after.scans].flatMap(([oid, count]): readonly Scan[] => {
    const table = existing.get(oid);
    const earlier = before.scans.get(oid) ?? { scans: 0, rows: 0 };
    const scans = count.scans - earlier.scans;
    if (table === undefined || scans <= 0) return [];
    return [{ relation: table.name, scans, rows: count.rows - earlier.rows }];
  });
  return scanned.toSorted(byRelation);
}

/** Locks on existing tables, views and sequences: the strongest mode of each. Index locks follow their tables'. */
export function strongestLocks(snapshot: Snapshot, existing: Existing): readonly Lock[] {
  const locks = [...snapshot.locks].flatMap(([oid, modes]): readonly Lock[] => {
    const relation = existing.get(oid);
    if (relation === undefined || indexKinds.has(relation.kind)) return [];
    return [{ relation: relation.name, mode: strongest(modes) }];
  });
  return locks.toSorted(byRelation);
}

/** The server lists what it has in no order; a review is the same each time. */
function byRelation(a: { readonly relation: string }, b: { readonly relation: string }): number {
  if (a.relation === b.relation) return 0;
  return a.relation < b.relation ? -1 : 1;
}

function strongest(modes: readonly LockMode[]): LockMode {
  return modes.reduce((a, b) => (lockModes.indexOf(b) > lockModes.indexOf(a) ? b : a), 'AccessShareLock');
}

function nameOf(relation: RelationState, existing: Existing): string {
  return existing.get(relation.oid)?.name ?? relation.name;
}
