import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { type Command, runCommand } from '../../src/command/run.ts';
import { TestProject } from '../support/project.ts';

interface Ran {
  readonly lines: readonly string[];
  /** Message and hint of what was thrown. */
  readonly problem: string | null;
}

async function run(text: string, more: Partial<Command> = {}): Promise<Ran> {
  const lines: string[] = [];
  const problem = await runCommand({
    text,
    purpose: 'migrate',
    tree: 'head',
    cwd: '/',
    env: { PATH: process.env['PATH'] ?? '' },
    limitMs: 20_000,
    signal: new AbortController().signal,
    onLine: (line) => void lines.push(line),
    ...more,
  }).then(
    () => null,
    (error) =>
      (error.problems ?? [error]).map(
        (each: { message: string; hint: string }) => `${each.message}: ${each.hint}`,
      )[0],
  );
  return { lines, problem };
}

/** Whether a process is there and not just waiting to be collected by its parent. */
function isRunning(pid: number): boolean {
  const stat = `/proc/${pid}/stat`;
  return existsSync(stat) && !/\) [ZX] /.test(readFileSync(stat, 'utf8'));
}

describe('a command', () => {
  test('is run by a shell, in its folder, with its environment and nothing to read', async () => {
    using project = new TestProject({ 'a.txt': 'content\n' });
    const text = 'cat a.txt; echo "$GIVEN"; echo "none$HOME"; cat; echo end >&2';
    const { lines, problem } = await run(text, {
      cwd: project.root,
      env: { GIVEN: 'x', PATH: process.env['PATH'] ?? '' },
    });
    expect(problem).toBeNull();
    expect(lines.toSorted()).toEqual(['| content', '| end', '| none', '| x']);
  });

  test('that fails is told with the last that it printed', async () => {
    const { problem } = await run('for i in $(seq 30); do echo "line $i"; done; exit 3');
    expect(problem).toContain(
      'the migrate command failed in the tree of the head, with status 3: the last it printed:',
    );
    expect(problem).toContain('line 11\n');
    expect(problem).not.toContain('line 10\n');
    expect(problem).toMatch(/line 30$/);
  });

  test('is not waited for by way of what it leaves in another session, which holds on to its output', async () => {
    using project = new TestProject({});
    const leave = "setsid sh -c 'echo $$ > pid; exec sleep 600' & until [ -s pid ]; do :; done; cat pid";
    const { lines, problem } = await run(leave, { cwd: project.root });
    expect(problem).toBeNull();
    const left = Number(lines[0]?.replace('| ', ''));
    expect(isRunning(left)).toBe(true);
    process.kill(left, 'SIGKILL');
  });

  test.each([
    ['exit 1', 'it printed nothing'],
    ['nonsense-command', 'not found'],
    ['kill -KILL $$', 'SIGKILL'],
  ])('%s', async (text, expected) => expect((await run(text)).problem).toContain(expected));

  test('says nothing that a terminal or a runner obeys', async () => {
    const { lines } = await run(
      `printf '\\033[31mred\\033[0m\\n::error::a\\nx ##[group]b\\n\\033]0;title\\007t\\nno end'`,
    );
    expect(lines).toEqual(['| red', '| ::error::a', '| x ## [group]b', '| t', '| no end']);
  });

  const background = '(trap "" TERM; while :; do sleep 0.1; done) & echo $!; echo $$;';

  async function leavesNothing(ran: Promise<Ran>): Promise<Ran> {
    const result = await ran;
    await pause(50);
    const pids = result.lines.map((line) => Number(line.slice(2)));
    expect(pids.length).toBe(2);
    expect(pids.filter(isRunning)).toEqual([]);
    return result;
  }

  test('leaves nothing running that it started', async () => {
    expect((await leavesNothing(run(background))).problem).toBeNull();
  });

  test('that takes too long is ended', async () => {
    const { problem } = await leavesNothing(run(`${background} sleep 100`, { limitMs: 300 }));
    expect(problem).toContain('the migrate command did not end within 0.3 s in the tree of the head');
  });

  test('is ended with the review', async () => {
    const abort = new AbortController();
    const ran = run(`${background} trap "" TERM; while :; do sleep 0.1; done`, { signal: abort.signal });
    await pause(300);
    abort.abort();
    const { problem } = await leavesNothing(ran);
    expect(problem).toContain('aborted');
  });

  test('is not begun after the review ended', async () => {
    using project = new TestProject({});
    const { problem } = await run('touch begun', { cwd: project.root, signal: AbortSignal.abort() });
    expect(problem).toContain('aborted');
    expect(existsSync(join(project.root, 'begun'))).toBe(false);
  });
});
