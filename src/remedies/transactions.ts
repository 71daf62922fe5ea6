import { isDeepStrictEqual } from 'node:util';
import type { Draft } from '../model/migration.ts';
import { blocksWrites } from '../model/observation.ts';
import { kindOf } from '../sql/kind.ts';
import type { Part } from './parts.ts';
import type { Step } from './safe/form.ts';
import { worked } from './safe/observed.ts';
import type { Settings } from './settings.ts';

/** As long as requests may queue behind a migration that waits for its lock. */
const patience = "SET LOCAL lock_timeout = '2s'";

/** Steps that share a transaction, and what holds for it. */
interface Group {
  readonly step: Step;
  readonly settings: Settings;
  /** Whether it is to give up waiting for a lock, which the migration would wait for for ever. */
  readonly isLimited: boolean;
}

export interface Transactions {
  readonly drafts: readonly Draft[];
  /** Whether some give up waiting for a lock that the migration would wait for for ever. */
  readonly areLimited: boolean;
}

/**
 * Puts what takes long into a transaction of its own, so that no lock is held meanwhile; neighbours that are brief
 * share one.
 */
export function inTransactions(parts: readonly Part[]): Transactions {
  const groups: Group[] = [];
  for (const group of parts.flatMap(groupsOf)) {
    const last = groups.at(-1);
    if (last !== undefined && areOne(last, group)) groups.splice(-1, 1, joined(last, group));
    else groups.push(group);
  }
  return { drafts: groups.map(draftOf), areLimited: groups.some(({ isLimited }) => isLimited) };
}

function areOne(a: Group, b: Group): boolean {
  const areBrief = a.step.duration === 'brief' && b.step.duration === 'brief';
  return areBrief && isDeepStrictEqual(a.settings, b.settings);
}

function joined(a: Group, b: Group): Group {
  const step = { ...a.step, statements: [...a.step.statements, ...b.step.statements] };
  return { step, settings: a.settings, isLimited: a.isLimited || b.isLimited };
}

function draftOf({ step: { title, transaction, statements }, settings, isLimited }: Group): Draft {
  if (transaction === 'none') return { title, transaction, statements };
  return {
    title,
    transaction,
    statements: [...settings.values(), ...(isLimited ? [patience] : []), ...statements],
  };
}

function groupsOf(part: Part): readonly Group[] {
  const { form, settings, observation } = part;
  const waitsForEver =
    observation.settings.lockTimeoutMs === 0 && (form !== null || !keepsNobodyWaiting(part));
  return stepsOf(part).map((step) => ({
    step,
    settings,
    isLimited: waitsForEver && step.transaction === 'one' && step.duration === 'brief',
  }));
}

/** The steps of a part's safe form, or the statement as it is. BEGIN and COMMIT are for the tool to write. */
function stepsOf({ node, observation, form, title }: Part): readonly Step[] {
  if (form !== null) return form.steps;
  if ('TransactionStmt' in node || 'VariableSetStmt' in node) return [];
  const transaction = observation.transaction === null ? 'none' : 'one';
  const changesRows = observation.changedRows.some(({ updated, deleted }) => updated + deleted > 0);
  const isLong = transaction === 'none' || worked(observation).size > 0 || changesRows;
  return [{ title, transaction, statements: [observation.sql], duration: isLong ? 'long' : 'brief' }];
}

/**
 * Whether nobody waits for the locks of a statement. What earlier statements of its transaction hold is seen with it,
 * so that of queries it is known from what they are.
 */
function keepsNobodyWaiting({ node, observation }: Part): boolean {
  return kindOf(node) === 'query' || observation.locks.every(({ mode }) => !blocksWrites(mode));
}
