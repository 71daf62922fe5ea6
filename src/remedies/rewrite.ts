import { basename, dirname } from 'node:path/posix';
import type { Draft, Migration } from '../model/migration.ts';
import type { Statement } from '../model/observation.ts';
import { createBeforeDrop } from './index-swaps.ts';
import { type ObservedMigration, partsOf } from './parts.ts';
import { inTransactions } from './transactions.ts';

/** A migration, written so that others wait less. */
export interface Rewriting {
  readonly title: string;
  readonly drafts: readonly Draft[];
  /** Statements that have another form now. */
  readonly mended: readonly Statement[];
  readonly advice: readonly string[];
}

/**
 * Replaces the hazardous statements of a migration by their safe forms, keeps the others in their order, and puts
 * every statement that takes long into a transaction of its own, so that no lock is held meanwhile. Null where
 * nothing would change.
 */
export function rewriteMigration(observed: ObservedMigration): Rewriting | null {
  const parts = partsOf(observed);
  if (parts === null) return null;
  const ordered = createBeforeDrop(parts);
  const { drafts, areLimited } = inTransactions(ordered, wordsOf(observed.migration));
  const forms = ordered.flatMap(({ form }) => form ?? []);
  const isReordered = ordered.some((part, index) => part !== parts[index]);
  if (forms.length === 0 && !isReordered && drafts.length < 2 && !areLimited) return null;
  const [title = titleFor(drafts), ...more] = new Set(forms.map((form) => form.title));
  const retry = areLimited
    ? ['A migration that gives up waiting for a lock has done nothing: run it again.']
    : [];
  return {
    title: more.length === 0 ? title : titleFor(drafts),
    drafts,
    mended: parts.flatMap(({ observation, form }) => (form === null ? [] : [observation])),
    advice: [...new Set([...forms.flatMap(({ advice }) => advice ?? []), ...retry])],
  };
}

function titleFor(drafts: readonly Draft[]): string {
  return drafts.length === 1
    ? 'Give up waiting for a lock before others queue behind it'
    : `Split the migration into ${drafts.length} that keep nobody waiting for long`;
}

/** The words of a migration's name: `add_total` of `0042_add_total.sql`. */
function wordsOf({ path }: Migration): string {
  const stem = basename(path).replace(/\..*$/, '');
  const name = /^(up|migration)$/.test(stem) ? basename(dirname(path)) : stem;
  const words = name.replace(/^[VRU]?[\d._-]+/, '').replaceAll(/\W+/g, '_');
  return words === '' ? 'migration' : words;
}
