import { existsSync, rmSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { Git } from './git.ts';

/** Untracked files and folders that a project needs to run, and that are the same for base and head. */
const needed: ReadonlySet<string> = new Set([
  'node_modules',
  '.yarn',
  '.pnp.cjs',
  '.pnp.loader.mjs',
  'vendor',
  '.bundle',
  '.venv',
  'venv',
  'deps',
  '.env',
]);

/**
 * The files of a commit in a temporary folder, which goes when it is disposed of. Folders of installed packages,
 * which git does not track, are those of the working tree, through symbolic links.
 */
export class Tree implements AsyncDisposable {
  /** The folder that stands for the working directory. */
  readonly directory: string;
  readonly #folder: string;
  readonly #sweep: () => void;

  private constructor(folder: string, prefix: string) {
    this.#folder = folder;
    this.directory = join(folder, 'tree', prefix);
    // A process that ends without unwinding (process.exit, an uncaught error) must leave nothing behind either.
    this.#sweep = () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    process.once('exit', this.#sweep);
  }

  /** Whether the commit has that folder. */
  get hasDirectory(): boolean {
    return existsSync(this.directory);
  }

  static async checkOut(git: Git, commit: string): Promise<Tree> {
    await using checkingOut = new AsyncDisposableStack();
    const folder = await mkdtemp(join(tmpdir(), 'pg-guardrails-'));
    const tree = checkingOut.use(new Tree(folder, await git.prefix()));
    const files = join(folder, 'tree');
    await mkdir(files);
    await git.checkOut(commit, files, join(folder, 'index'));
    await linkNeeded(git, files);
    checkingOut.move();
    return tree;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 3 });
    process.off('exit', this.#sweep);
  }
}

async function linkNeeded(git: Git, files: string): Promise<void> {
  const top = await git.top();
  const links = (await git.untracked())
    .map((path) => path.replace(/\/$/, ''))
    .filter(
      (path) =>
        needed.has(basename(path)) ||
        path
          .split('/')
          .slice(0, -1)
          .some((name) => needed.has(name)),
    )
    .map((path) => ({ from: join(top, path), to: join(files, path) }));
  for (const { from, to } of links) {
    // What stands below a folder that the base has not got is of no use to it.
    if (existsSync(dirname(to)) && !existsSync(to)) await symlink(from, to);
  }
}
