import type { Unchecked } from '../model/review.ts';
import type { Sandbox } from '../model/server.ts';
import { TimeLimitReached } from '../model/server.ts';
import type { Examination } from '../plans/examine.ts';
import { describeResults, type ResultShapes } from '../plans/results.ts';
import { twinOf } from './plans.ts';
import type { SchemaState } from './states.ts';

/** A schema state with what came of planning on its twin. */
interface ExaminedTwin {
  readonly state: SchemaState;
  readonly examination: Examination;
}

/** What the workload returns before and after the change. */
export interface DescribedStates {
  readonly base: ResultShapes;
  readonly head: ResultShapes;
  readonly unchecked: readonly Unchecked[];
}

/** Has the queries described that both states can plan: of others, that is all there is to say. */
export async function describeBothStates(
  sandbox: Sandbox,
  base: ExaminedTwin,
  head: ExaminedTwin,
): Promise<DescribedStates> {
  const inBoth = ({ examination }: ExaminedTwin, other: ExaminedTwin) => ({
    planned: new Map(
      [...examination.planned].filter(([fingerprint]) => other.examination.planned.has(fingerprint)),
    ),
  });
  try {
    const [before, after] = await Promise.all([
      describeOn(sandbox, base.state, inBoth(base, head)),
      describeOn(sandbox, head.state, inBoth(head, base)),
    ]);
    return { base: before, head: after, unchecked: [] };
  } catch (error) {
    if (!(error instanceof TimeLimitReached)) throw error;
    const reason = `what captured queries return was not compared: it took longer than ${error.limitMs / 1000} s`;
    return { base: new Map(), head: new Map(), unchecked: [{ subject: 'workload', reason }] };
  }
}

async function describeOn(
  sandbox: Sandbox,
  state: SchemaState,
  examination: Pick<Examination, 'planned'>,
): Promise<ResultShapes> {
  if (examination.planned.size === 0) return new Map();
  await using session = await sandbox.connect(twinOf(state), 'owner');
  const shapes = await describeResults(session, examination);
  return shapes;
}
