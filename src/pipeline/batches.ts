import type { Sandbox } from '../model/server.ts';
import type { Attached } from '../remedies/attach.ts';
import { tryBatches } from '../remedies/batches/batches.ts';
import type { Judgement } from '../rules/judge.ts';
import type { Head } from './head.ts';
import { type PlannedState, twinOf } from './plans.ts';

/** Tries what is sent once for each row as one query for all of them. */
export async function batchQueries(
  sandbox: Sandbox,
  head: Head,
  { examination }: PlannedState,
  judgements: readonly Judgement[],
): Promise<Attached> {
  const repeated = judgements.flatMap(({ rule, finding, suppression }) => {
    const planned = finding.identity.flatMap((part) => examination.planned.get(part) ?? [])[0];
    const count = finding.evidence.facts['count'];
    const isOpen = rule.id === 'trace/n-plus-one' && suppression === null;
    return isOpen && planned !== undefined && typeof count === 'number' ? [{ finding, planned, count }] : [];
  });
  if (repeated.length === 0) return new Map();
  const remedies = await tryBatches(
    { sandbox, schema: head.state.name, twin: twinOf(head.state), database: 'batches' },
    repeated,
  );
  return new Map([...remedies].map(([{ finding }, remedy]) => [finding, [remedy]]));
}
