import type { Draft } from '../model/migration.ts';
import type { Statement } from '../model/observation.ts';
import { createBeforeDrop, createdFirst } from './index-swaps.ts';
import { type ObservedMigration, type Part, partsOf } from './parts.ts';
import { worked } from './safe/observed.ts';
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
 * Replaces the hazardous statements of a migration, or of several that follow each other, by their safe forms, keeps the others in their order, and puts
 * every statement that takes long into a transaction of its own, so that no lock is held meanwhile. Null where
 * nothing would change.
 */
export function rewriteMigrations(observed: readonly ObservedMigration[]): Rewriting | null {
  const read = observed.map(partsOf);
  const parts = read.flatMap((each) => each ?? []);
  if (read.includes(null)) return null;
  const ordered = createBeforeDrop(parts);
  const isReordered = ordered.some((part, index) => part !== parts[index]);
  if (observed.length > 1 && !isReordered) return inOneTransaction(parts);
  const { drafts, areLimited } = inTransactions(ordered);
  const forms = ordered.flatMap(({ form }) => form ?? []);
  if (forms.length === 0 && !isReordered && drafts.length < 2 && !areLimited) return null;
  const titles = isReordered ? [createdFirst] : forms.map((form) => form.title);
  const [title = titleFor(drafts), ...more] = new Set(titles);
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

/** What takes no time can be committed together, so that nobody sees what is halfway; null where something takes time. */
function inOneTransaction(parts: readonly Part[]): Rewriting | null {
  const takesTime = ({ observation }: Part) =>
    observation.transaction === null ||
    worked(observation).size > 0 ||
    observation.changedRows.some(({ updated, deleted }) => updated + deleted > 0);
  if (parts.some(takesTime)) return null;
  const plain = parts.map((part): Part => ({ ...part, form: null }));
  const { drafts } = inTransactions(plain);
  const [draft, ...more] = drafts;
  if (draft === undefined || more.length > 0) return null;
  return {
    title: 'Commit both together',
    drafts,
    mended: parts.map(({ observation }) => observation),
    advice: [],
  };
}

function titleFor(drafts: readonly Draft[]): string {
  return drafts.length === 1
    ? 'Give up waiting for a lock before others queue behind it'
    : `Split the migration into ${drafts.length} that keep nobody waiting for long`;
}
