import { alterTable } from './alter-table.ts';
import { backfill } from './backfill.ts';
import type { Form, SafeForm, Situation } from './form.ts';
import { indexBuild } from './index-build.ts';
import { indexDrop } from './index-drop.ts';
import { attachPartition, detachPartition, newPartition } from './partitions.ts';
import { refresh } from './refresh.ts';
import { reindex } from './reindex.ts';
import { typeChange } from './type-change.ts';

const forms: readonly Form[] = [
  indexBuild,
  indexDrop,
  reindex,
  refresh,
  attachPartition,
  newPartition,
  detachPartition,
  typeChange,
  alterTable,
  backfill,
];

/** The safe form of a statement, or null where none is known or none is needed. */
export function safeFormOf(situation: Situation): SafeForm | null {
  for (const form of forms) {
    const safe = form(situation);
    if (safe !== null) return safe;
  }
  return null;
}
