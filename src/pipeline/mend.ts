import type { Config } from '../config/config.ts';
import type { Advice } from '../model/advice.ts';
import type { Unchecked } from '../model/review.ts';
import type { Sandbox } from '../model/server.ts';
import type { Attached } from '../remedies/attach.ts';
import { attachIndexes } from '../remedies/indexes/attach.ts';
import { together } from '../remedies/rewrites/attach.ts';
import type { Base } from './base.ts';
import { batchQueries } from './batches.ts';
import type { Head } from './head.ts';
import type { PlannedState } from './plans.ts';
import { type JudgedChange, tryRemedies } from './remedies.ts';
import { tryRewrites } from './rewrites.ts';
import { mendTraces } from './traces.ts';

/** What is to be mended, and where it is tried. */
interface Broken extends JudgedChange {
  readonly base: Base;
  readonly state: Head;
  readonly atHead: PlannedState;
  readonly advice: Advice;
}

/** What trying needs of the world outside. */
interface TryingPorts {
  readonly now: () => number;
  readonly progress: (step: string) => void;
}

/** Tries other forms of migrations and queries, and tells which findings they, and the advised indexes, put right. */
export async function mend(
  sandbox: Sandbox,
  config: Config,
  { base, state, atHead, advice, ...judged }: Broken,
  { now, progress }: TryingPorts,
): Promise<{ readonly remedies: Attached; readonly unchecked: readonly Unchecked[] }> {
  const { judgements } = judged;
  progress('trying other forms of the migrations');
  const migrations = await tryRemedies(sandbox, config, base, judged);
  progress('trying other forms of the queries');
  const rewrites = await tryRewrites(sandbox, state, atHead, judgements, now);
  const batches = await batchQueries(sandbox, state, atHead, judgements);
  const traces = await mendTraces(sandbox, state, atHead, judged.head, judgements);
  return {
    remedies: together(migrations, rewrites.attached, batches, traces, attachIndexes(judgements, advice)),
    unchecked: rewrites.unchecked,
  };
}
