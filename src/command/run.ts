import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { hasCode } from '../model/error-code.ts';
import { CannotReview, problem } from '../model/problem.ts';
import { CommandOutput } from './output.ts';

/** A command of the project, as somebody would type it into a shell. */
export interface Command {
  readonly text: string;
  /** What it is for, for messages. */
  readonly purpose: 'migrate' | 'capture';
  /** Whether it is that of the base or of the head, for messages. */
  readonly tree: 'base' | 'head';
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** What it may take, in milliseconds. */
  readonly limitMs: number;
  /** Aborting it ends the command. */
  readonly signal: AbortSignal;
  /** Told every line that it prints. */
  readonly onLine: (line: string) => void;
}

/** How long a command that is asked to end may take to, in milliseconds, before it is killed. */
const graceMs = 2_000;

/**
 * Runs a command through `sh -c`, without input, in a process group of its own. Nothing of the group outlives the
 * command: what it leaves in the background would stay connected to the database.
 *
 * @throws CannotReview with the last that it printed, where it does not end with status 0 within its limit.
 */
export async function runCommand(command: Command): Promise<void> {
  command.signal.throwIfAborted();
  const output = new CommandOutput(command.onLine);
  const child = spawn('sh', ['-c', command.text], {
    cwd: command.cwd,
    env: command.env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  output.follow(child.stdout);
  output.follow(child.stderr);
  const kill = () => signalGroup(child, 'SIGKILL');
  // Without unwinding (process.exit, an uncaught error) the command must not outlive us either.
  process.prependOnceListener('exit', kill);
  try {
    const limit = AbortSignal.timeout(command.limitMs);
    const ended = await untilEnded(child, AbortSignal.any([command.signal, limit]));
    kill();
    await output.end();
    command.signal.throwIfAborted();
    if (limit.aborted) throw notEnded(command, output.last());
    if (ended !== 0) throw failed(command, ended, output.last());
  } finally {
    kill();
    process.off('exit', kill);
  }
}

/** Waits until the shell ends, and asks it to when the signal is aborted. Returns its status or signal. */
async function untilEnded(child: ChildProcess, signal: AbortSignal): Promise<number | string> {
  const ended = new Promise<number | string>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (status, endedBy) => resolve(status ?? endedBy ?? 'unknown'));
  });
  const stop = () => {
    signalGroup(child, 'SIGTERM');
    void Promise.race([ended, pause(graceMs)]).then(() => signalGroup(child, 'SIGKILL'));
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await ended;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function signalGroup({ pid }: ChildProcess, name: 'SIGTERM' | 'SIGKILL'): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, name);
  } catch (error) {
    // No process of the group is left; macOS says so of one whose end nobody has noticed yet.
    if (!hasCode(error, 'ESRCH') && !hasCode(error, 'EPERM')) throw error;
  }
}

function notEnded({ purpose, tree, limitMs }: Command, output: string): CannotReview {
  const message = `the ${purpose} command did not end within ${limitMs / 1000} s in the tree of the ${tree}`;
  const hint = 'a longer limit is set with `limits: { command: 20m }` in the configuration';
  return new CannotReview([
    problem(message, output === '' ? hint : `${hint}; the last it printed:\n${output}`),
  ]);
}

function failed({ purpose, tree }: Command, ended: number | string, output: string): CannotReview {
  const how = typeof ended === 'number' ? `status ${ended}` : ended;
  const message = `the ${purpose} command failed in the tree of the ${tree}, with ${how}`;
  return new CannotReview([
    problem(message, output === '' ? 'it printed nothing' : `the last it printed:\n${output}`),
  ]);
}
