import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { hasCode } from '../model/error-code.ts';
import { CannotReview, problem } from '../model/problem.ts';

/** A program with its arguments, to be run as if it had been run by itself. */
export interface Program {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

const forwarded = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** How long a program that was sent a signal may take to end, in milliseconds, before it is killed. */
const graceMs = 10_000;

/**
 * Runs a program on our own terminal. At a terminal it is in our process group, since only that may read from it, and
 * Ctrl-C reaches it as it reaches us; elsewhere it has a group of its own, of which nothing outlives it. Signals that
 * are sent to us alone are sent on. What it leaves open in the background is not waited for.
 *
 * @returns its exit status; as shells have it, 128 and the number of the signal that ended it
 * @throws CannotReview where there is no such program.
 */
export async function passThrough({ argv, cwd, env }: Program): Promise<number> {
  const [file = '', ...args] = argv;
  const isAtTerminal = process.stdin.isTTY === true;
  const child = spawn(file, args, { cwd, env, stdio: 'inherit', detached: !isAtTerminal });
  const send = (name: NodeJS.Signals) => signal(child, name, !isAtTerminal);
  const kill = () => send('SIGKILL');
  const ended = new Promise<number>((resolve, reject) => {
    child.once('error', (error) => {
      const message = hasCode(error, 'ENOENT')
        ? `there is no program ${file}`
        : `${file} cannot be run: ${error.message}`;
      reject(new CannotReview([problem(message, 'name the command that runs the tests after --')]));
    });
    child.once('exit', (status, endedBy) =>
      resolve(status ?? 128 + (endedBy === null ? 0 : constants.signals[endedBy])),
    );
  });
  const over = new AbortController();
  const forward = (name: NodeJS.Signals) => {
    if (name !== 'SIGINT' || !isAtTerminal) send(name);
    void pause(graceMs, undefined, { signal: over.signal }).then(kill, () => {});
  };
  for (const name of forwarded) process.on(name, forward);
  // Without unwinding (process.exit, an uncaught error) the program must not outlive us either.
  process.prependOnceListener('exit', kill);
  try {
    return await ended;
  } finally {
    over.abort();
    for (const name of forwarded) process.off(name, forward);
    if (!isAtTerminal) kill();
    process.off('exit', kill);
  }
}

function signal({ pid, exitCode, signalCode }: ChildProcess, name: NodeJS.Signals, isGroup: boolean): void {
  if (pid === undefined) return;
  const isGone = exitCode !== null || signalCode !== null;
  // The number of a process that has ended may be another's; that of a group stays as long as it has a process.
  if (isGone && !isGroup) return;
  try {
    process.kill(isGroup ? -pid : pid, name);
  } catch (error) {
    // No process is left; macOS says so of one whose end nobody has noticed yet.
    if (!hasCode(error, 'ESRCH') && !hasCode(error, 'EPERM')) throw error;
  }
}
