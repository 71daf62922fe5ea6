import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { bundle } from '../../scripts/build.ts';
import type { Review } from '../../src/model/review.ts';
import { TemporaryFolder } from './temporary.ts';

const root = join(import.meta.dirname, '..', '..');

/** What a process of the command line left. */
export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command line as it is delivered: bundled, run as a process. */
export class CommandLine {
  readonly #dist: string;

  private constructor(dist: string) {
    this.#dist = dist;
  }

  /** @param name tells the bundles of test files apart that run side by side */
  static async bundled(name: string): Promise<CommandLine> {
    // Beside node_modules, where the bundle finds the programs of PostgreSQL.
    const dist = join(root, 'node_modules', '.cache', name);
    await bundle(dist);
    return new CommandLine(dist);
  }

  /** Starts the command. When it has ended, nothing of it may be left. */
  start(cwd: string, args: readonly string[], path = process.env['PATH']) {
    const temporary = new TemporaryFolder();
    const child = spawn(process.execPath, [join(this.#dist, 'cli.js'), ...args], {
      cwd,
      env: { ...process.env, TMPDIR: temporary.path, PATH: path },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    const ended = once(child, 'close').then((): Ended => {
      const left = temporary.contents();
      temporary[Symbol.dispose]();
      expect(left).toEqual([]);
      return { status: child.exitCode, stdout, stderr };
    });
    return { child, ended };
  }

  /** Runs the command to its end, with its review as review.json has it. */
  async run(cwd: string, ...args: readonly string[]): Promise<Ended & { readonly review: Review | null }> {
    const ended = await this.start(cwd, [...args, '--report', 'json=review.json']).ended;
    const file = join(cwd, 'review.json');
    return { ...ended, review: existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null };
  }
}
