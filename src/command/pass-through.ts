import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { hasCode } from '../model/error-code.ts';
import { CannotReview, problem } from '../model/problem.ts';

/** A program with its arguments, to be run as if it had been run by itself. */
export interface Program {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Runs a program on our own terminal. Signals reach it as they reach us, since it is in our process group.
 *
 * @returns its exit status; as shells have it, 128 and the number of the signal that ended it
 * @throws CannotReview where there is no such program.
 */
export async function passThrough({ argv, cwd, env }: Program): Promise<number> {
  const [file = '', ...args] = argv;
  const child = spawn(file, args, { cwd, env, stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.once('error', (error) => {
      const message = hasCode(error, 'ENOENT')
        ? `there is no program ${file}`
        : `${file} cannot be run: ${error.message}`;
      reject(new CannotReview([problem(message, 'name the command that runs the tests after --')]));
    });
    child.once('exit', (status, signal) =>
      resolve(status ?? 128 + (signal === null ? 0 : constants.signals[signal])),
    );
  });
}
