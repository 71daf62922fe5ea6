import {
  type BuiltIndex,
  blocksReads,
  type ChangedRows,
  type IndexLock,
  type Lock,
  type LockMode,
  lockModes,
  type Scan,
} from '../model/observation.ts';
import type { RelationState, Relations, Snapshot } from './snapshot.ts';

/** The relations that existed before the change, by oid; they keep the names they had then. */
export type Existing = Relations;

/** What happened between two snapshots, to relations that existed before the change. */
interface Effects {
  /** Tables and materialised views with a new file, whatever is in it. */
  readonly rewritten: readonly RelationState[];
  readonly sequencesRewritten: readonly string[];
  readonly scans: readonly Scan[];
  readonly indexesBuilt: readonly BuiltIndex[];
  /** How many rows of which table were changed; how many there were is not known from counters. */
  readonly changed: readonly ChangedTable[];
}

export interface ChangedTable extends Omit<ChangedRows, 'of'> {
  readonly oid: number;
}

const tableKinds: ReadonlySet<string> = new Set(['r', 'p', 'm']);
const indexKinds: ReadonlySet<string> = new Set(['i', 'I']);

export function effectsBetween(before: Snapshot, after: Snapshot, existing: Existing): Effects {
  const newFiles = [...after.relations.values()].flatMap((relation): readonly RelationState[] => {
    const earlier = before.relations.get(relation.oid);
    const original = existing.get(relation.oid);
    if (original === undefined || earlier === undefined || earlier.fileNode === relation.fileNode) return [];
    return [{ ...relation, name: original.name }];
  });
  const rewritten = newFiles.filter(({ kind }) => tableKinds.has(kind));
  return {
    rewritten,
    sequencesRewritten: newFiles.flatMap(({ kind, name }) => (kind === 'S' ? [name] : [])).toSorted(),
    scans: scansBetween(before, after, existing),
    indexesBuilt: indexesBuilt(before, after, existing, new Set(rewritten.map(({ oid }) => oid))),
    changed: changesBetween(before, after, existing),
  };
}

/**
 * A rewrite builds every index of its table anew: that is the rewrite, told once. ALTER COLUMN TYPE makes an index
 * under a new oid, and gives it the file of the old one where the order of the values stays the same: nothing is
 * built then (CheckIndexCompatible and TryReuseIndex, indexcmds.c and tablecmds.c).
 */
function indexesBuilt(
  before: Snapshot,
  after: Snapshot,
  existing: Existing,
  rewritten: ReadonlySet<number>,
): readonly BuiltIndex[] {
  const earlierFiles = new Set(
    [...before.relations.values()].filter(({ kind }) => kind === 'i').map(({ fileNode }) => fileNode),
  );
  return [...after.relations.values()]
    .toSorted((a, b) => a.oid - b.oid)
    .flatMap((index) => {
      const table = index.indexOf === null ? undefined : existing.get(index.indexOf);
      if (index.kind !== 'i' || table === undefined || rewritten.has(table.oid)) return [];
      return earlierFiles.has(index.fileNode) ? [] : [{ index: index.name, relation: table.name }];
    });
}

const nothing = { scans: 0, rowsScanned: 0, inserted: 0, updated: 0, deleted: 0 };

function scansBetween(before: Snapshot, after: Snapshot, existing: Existing): readonly Scan[] {
  const scanned = [...after.activity].flatMap(([oid, now]): readonly Scan[] => {
    const table = existing.get(oid);
    const earlier = before.activity.get(oid) ?? nothing;
    const scans = now.scans - earlier.scans;
    if (table === undefined || scans <= 0) return [];
    return [{ relation: table.name, scans, rows: now.rowsScanned - earlier.rowsScanned }];
  });
  return scanned.toSorted(byRelation);
}

function changesBetween(before: Snapshot, after: Snapshot, existing: Existing): readonly ChangedTable[] {
  const changed = [...after.activity].flatMap(([oid, now]): readonly ChangedTable[] => {
    const table = existing.get(oid);
    const earlier = before.activity.get(oid) ?? nothing;
    const change = {
      inserted: now.inserted - earlier.inserted,
      updated: now.updated - earlier.updated,
      deleted: now.deleted - earlier.deleted,
    };
    if (table === undefined || change.inserted + change.updated + change.deleted <= 0) return [];
    return [{ oid, relation: table.name, ...change }];
  });
  return changed.toSorted(byRelation);
}

/** Locks on existing tables, views and sequences: the strongest mode of each. */
export function strongestLocks(locks: Snapshot['locks'], existing: Existing): readonly Lock[] {
  const strongest = [...locks].flatMap(([oid, modes]): readonly Lock[] => {
    const relation = existing.get(oid);
    if (relation === undefined || indexKinds.has(relation.kind)) return [];
    return [{ relation: relation.name, mode: strongestOf(modes) }];
  });
  return strongest.toSorted(byRelation);
}

/** Modes that one snapshot has and an earlier one has not. */
export function locksTaken(before: Snapshot['locks'], after: Snapshot['locks']): Snapshot['locks'] {
  const taken = [...after].map(([oid, modes]) => {
    const earlier = before.get(oid) ?? [];
    return [oid, modes.filter((mode) => !earlier.includes(mode))] as const;
  });
  return new Map(taken.filter(([, modes]) => modes.length > 0));
}

/** Locks on existing indexes that keep the planner from looking at them, and so every query on their tables. */
export function indexLocks(locks: Snapshot['locks'], existing: Existing): readonly IndexLock[] {
  const blocking = [...locks].flatMap(([oid, modes]): readonly IndexLock[] => {
    const index = existing.get(oid);
    const mode = strongestOf(modes);
    if (index?.indexOf == null || !blocksReads(mode)) return [];
    const table = existing.get(index.indexOf);
    return table === undefined ? [] : [{ index: index.name, relation: table.name, mode }];
  });
  return blocking.toSorted((a, b) => (a.index < b.index ? -1 : 1));
}

/** The server lists what it has in no order; a review is the same each time. */
function byRelation(a: { readonly relation: string }, b: { readonly relation: string }): number {
  if (a.relation === b.relation) return 0;
  return a.relation < b.relation ? -1 : 1;
}

function strongestOf(modes: readonly LockMode[]): LockMode {
  return modes.reduce((a, b) => (lockModes.indexOf(b) > lockModes.indexOf(a) ? b : a), 'AccessShareLock');
}
