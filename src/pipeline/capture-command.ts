import { join } from 'node:path';
import { Git } from '../change/git.ts';
import { Tree } from '../change/tree.ts';
import { commandEnvironment } from '../command/environment.ts';
import { runCommand } from '../command/run.ts';
import type { Config } from '../config/config.ts';
import type { Comparison } from '../model/change.ts';
import { CannotReview } from '../model/problem.ts';
import type { Unchecked } from '../model/review.ts';
import type { Sandbox } from '../model/server.ts';
import { recordStatements } from '../workload/capture/record.ts';
import { earlierWorkload } from '../workload/earlier.ts';
import { readWorkload } from '../workload/read.ts';
import { WatchedPrograms } from './call-sites.ts';
import { migratedByTool } from './migrate-command.ts';
import { TemporaryFolder } from './temporary-folder.ts';
import type { ComparedWorkload } from './workload.ts';

/** What a command is run in. */
interface Surroundings {
  readonly root: string;
  readonly signal: AbortSignal;
  readonly progress: (step: string) => void;
}

/** A run of the capture command. */
interface Run {
  readonly text: string;
  readonly tree: 'base' | 'head';
  readonly directory: string;
  readonly file: string;
}

/** What a run left. */
interface Ran {
  readonly executions: number;
  readonly failed: readonly Unchecked[];
}

const subjects = { base: 'capture command at base', head: 'capture command' } as const;

/**
 * Runs the capture command on a database with the schema of head, and adds what it sends to the workload of the files. What
 * it sent before it failed is used, too. The base is taken to send the same, unless the command is to run there as well:
 * in the files of the base, on the schema of the base.
 */
export async function joinCaptured(
  sandbox: Sandbox,
  config: Config,
  comparison: Comparison,
  filed: ComparedWorkload,
  surroundings: Surroundings,
): Promise<ComparedWorkload> {
  const { captureCommand: text } = config;
  if (text === null) return filed;
  const { root, progress } = surroundings;
  await using folder = await TemporaryFolder.create();
  const [headFile, baseFile] = [join(folder.path, 'head.ndjson'), join(folder.path, 'base.ndjson')];
  progress('running the capture command');
  const atHead = await run(
    sandbox,
    config,
    { text, tree: 'head', directory: root, file: headFile },
    surroundings,
  );
  const none = { subject: subjects.head, reason: sentNothing };
  if (atHead.executions === 0) return { ...filed, unchecked: [...filed.unchecked, ...atHead.failed, none] };
  const all = await readWorkload(root, [...config.workload, headFile]);
  const joined = { ...all, unchecked: [...all.unchecked, ...atHead.failed] };
  if (!config.captureBase || comparison.kind !== 'git') {
    const captured = await readWorkload(root, [headFile]);
    return { ...joined, earlier: withSame(filed.earlier, captured) };
  }
  progress('running the capture command of the base');
  await using tree = await Tree.checkOut(new Git(root), comparison.mergeBase);
  const atBase = tree.hasDirectory
    ? await run(
        sandbox,
        config,
        { text, tree: 'base', directory: tree.directory, file: baseFile },
        surroundings,
      )
    : notThere;
  const unchecked = [...joined.unchecked, ...atBase.failed];
  // What a failing run did not come to send is not gone with the change.
  if (atBase.executions === 0 || atBase.failed.length > 0)
    return { ...joined, unchecked, earlier: filed.earlier };
  const captured = await readWorkload(root, [headFile]);
  const before = await readWorkload(root, [baseFile]);
  const earlier = withCaptured(filed.earlier, before, captured);
  // Nor is it known to be gone with the change where it is the head's run that did not come to send it.
  const isWhole = atHead.failed.length === 0;
  return { ...joined, unchecked, earlier: isWhole ? earlier : { ...earlier, queries: null, traces: null } };
}

const sentNothing =
  'sent no queries, so there are none of it to look at: does it find its database in DATABASE_URL or PG*? `environment` in the configuration names further variables';

/** A project that is new with the change. */
const notThere: Ran = { executions: 0, failed: [] };

type Earlier = ComparedWorkload['earlier'];
type Sent = Awaited<ReturnType<typeof readWorkload>>;

/** What was captured at head, taken to be sent at the base as well. */
function withSame(earlier: Earlier, { queries, traces }: Sent): Earlier {
  return {
    ...earlier,
    queries: earlier.queries === null ? null : [...earlier.queries, ...queries],
    traces: earlier.traces === null ? null : [...earlier.traces, ...traces],
  };
}

function withCaptured(filed: Earlier, base: Sent, head: Sent): Earlier {
  const captured = earlierWorkload(base.queries, head.queries);
  return {
    gone: [...filed.gone, ...captured.gone],
    replaced: new Map([...filed.replaced, ...captured.replaced]),
    added: new Set([...filed.added, ...captured.added]),
    queries: [...(filed.queries ?? []), ...base.queries],
    traces: [...(filed.traces ?? []), ...base.traces],
  };
}

async function run(
  sandbox: Sandbox,
  { commandLimitMs: limitMs, captureSchema: schema, environment, migrateCommand, callSites }: Config,
  { text, tree, directory, file }: Run,
  { signal, progress }: Surroundings,
): Promise<Ran> {
  const database = tree === 'base' ? 'captured_base' : 'captured';
  // The migrate command has left its tool's records there, so that a suite that migrates first finds nothing to do.
  const migrated = tree === 'head' && migrateCommand !== null ? migratedByTool : tree;
  await sandbox.createDatabase(database, schema === 'empty' ? undefined : migrated);
  await using programs = await WatchedPrograms.begin(callSites);
  const env = programs.environment(
    commandEnvironment(process.env, sandbox.address(database), null, environment),
  );
  const command = () =>
    runCommand({ text, purpose: 'capture', tree, cwd: directory, env, limitMs, signal, onLine: progress });
  const { result: failed, executions } = await recordStatements(
    sandbox,
    { database, schema, file, findPlaces: (logged) => programs.places(logged, directory) },
    () => unlessFailed(command, subjects[tree], schema === 'migrated' && migrateCommand === null),
  );
  return { executions, failed };
}

/**
 * Why the command failed, if it did.
 *
 * @param isBuilt whether it found a schema without the records of a migration tool
 */
async function unlessFailed(
  command: () => Promise<void>,
  subject: string,
  isBuilt: boolean,
): Promise<readonly Unchecked[]> {
  try {
    await command();
    return [];
  } catch (error) {
    if (!(error instanceof CannotReview)) throw error;
    const reasons = error.problems.map(({ message, hint }) =>
      hint === null ? message : `${message}; ${hint}`,
    );
    const rest =
      subject === subjects.head
        ? 'What it sent before is looked at'
        : 'It is taken to send what it sends at head';
    const hint = isBuilt
      ? '. If it runs the migrations by itself, give it an empty database: `capture: { database: empty }`'
      : '';
    return [{ subject, reason: `${reasons.join('; ')}. ${rest}${hint}` }];
  }
}
