import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandEnvironment } from '../command/environment.ts';
import { runCommand } from '../command/run.ts';
import type { Config } from '../config/config.ts';
import { CannotReview } from '../model/problem.ts';
import type { Unchecked } from '../model/review.ts';
import type { Sandbox } from '../model/server.ts';
import { recordStatements } from '../workload/capture/record.ts';
import { writeWorkload } from '../workload/capture/write.ts';
import { readWorkload } from '../workload/read.ts';
import type { SchemaState } from './states.ts';
import type { ComparedWorkload } from './workload.ts';

/** What a command is run in. */
interface Surroundings {
  readonly root: string;
  readonly signal: AbortSignal;
  readonly progress: (step: string) => void;
}

/** Database that the command finds in its environment. */
const database = 'captured';

const subject = 'capture command';

/**
 * Runs the capture command on a database with the schema of head, and adds what it sends to the workload of the files. What
 * it sent before it failed is used, too. The base is taken to send the same, since it is not run there.
 */
export async function joinCaptured(
  sandbox: Sandbox,
  config: Config,
  { name }: SchemaState,
  filed: ComparedWorkload,
  { root, signal, progress }: Surroundings,
): Promise<ComparedWorkload> {
  const { captureCommand: text, commandLimitMs: limitMs, serverUrl } = config;
  if (text === null) return filed;
  progress('running the capture command');
  await sandbox.createDatabase(database, name);
  const env = commandEnvironment(process.env, sandbox.address(database), serverUrl);
  const run = () =>
    runCommand({ text, purpose: 'capture', tree: 'head', cwd: root, env, limitMs, signal, onLine: progress });
  const { result: failed, statements } = await recordStatements(sandbox, database, () => unlessFailed(run));
  const folder = await mkdtemp(join(tmpdir(), 'pg-guardrails-'));
  try {
    const file = join(folder, 'captured.ndjson');
    const executions = await writeWorkload(file, statements);
    const none = { subject, reason: 'sent no queries, so there are none of it to look at' };
    if (executions === 0) return { ...filed, unchecked: [...filed.unchecked, ...failed, none] };
    const [all, captured] = await Promise.all([
      readWorkload(root, [...config.workload, file]),
      readWorkload(root, [file]),
    ]);
    const { traces } = filed.earlier;
    const earlier = { ...filed.earlier, traces: traces === null ? null : [...traces, ...captured.traces] };
    return { ...all, earlier, unchecked: [...all.unchecked, ...failed] };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Why the command failed, if it did. */
async function unlessFailed(run: () => Promise<void>): Promise<readonly Unchecked[]> {
  try {
    await run();
    return [];
  } catch (error) {
    if (!(error instanceof CannotReview)) throw error;
    const reasons = error.problems.map(({ message, hint }) =>
      hint === null ? message : `${message}; ${hint}`,
    );
    return [{ subject, reason: `${reasons.join('; ')}. What it sent before is looked at` }];
  }
}
