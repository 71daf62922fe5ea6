import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { ChangedLines } from '../model/change.ts';
import { linesOfDiff } from '../model/diff.ts';
import { hasCode } from '../model/error-code.ts';
import { CannotReview, problem } from '../model/problem.ts';

/** What git says of one file between two states. Paths are relative to the working directory. */
export type FileChange =
  | { readonly kind: 'added' | 'modified' | 'deleted'; readonly path: string }
  | { readonly kind: 'renamed'; readonly path: string; readonly from: string };

const run = promisify(execFile);

/** A diff of one form, whatever somebody has configured for reading diffs. */
const plainDiff = [
  ...['--no-color', '--no-ext-diff', '--no-textconv', '--src-prefix=a/', '--dst-prefix=b/'],
  ...['--unified=3', '--inter-hunk-context=0'],
] as const;

/** Git in one working directory. Arguments are passed as a list; no shell sees them. */
export class Git {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /**
   * The commit that the head branched off from.
   *
   * @param base a branch, tag or commit; null for the default branch
   * @throws CannotReview where there is no repository, or no such commit.
   */
  async mergeBase(base: string | null): Promise<{ readonly base: string; readonly commit: string }> {
    if (!(await this.isRepository())) {
      throw new CannotReview([
        problem(
          'this is no git repository, so what the change adds is not known',
          'name the new migrations with --new',
        ),
      ]);
    }
    const name = base ?? (await this.#defaultBranch());
    const commit = await this.commitOf(name);
    if (commit === null) {
      const hint =
        'fetch it (in a workflow: `fetch-depth: 0` at actions/checkout), or name another with --base';
      throw new CannotReview([problem(`git does not know "${name}"`, hint)]);
    }
    // In a shallow clone the histories may not meet; the base itself is then the best that there is.
    const meeting = await this.#try('merge-base', commit, 'HEAD');
    return { base: name, commit: (meeting ?? commit).trim() };
  }

  /** The default branch of the remote, or the usual name of one. */
  async #defaultBranch(): Promise<string> {
    const remote = await this.#try('symbolic-ref', '--short', 'refs/remotes/origin/HEAD');
    if (remote !== null) return remote.trim();
    for (const name of ['origin/main', 'origin/master', 'main', 'master']) {
      if ((await this.#try('rev-parse', '--verify', '--quiet', name)) !== null) return name;
    }
    throw new CannotReview([problem('no default branch was found', 'name the base with --base')]);
  }

  async isRepository(): Promise<boolean> {
    return (await this.#try('rev-parse', '--git-dir')) !== null;
  }

  /** The commit that a name stands for, or null where git knows no such name. */
  async commitOf(name: string): Promise<string | null> {
    const args = ['--verify', '--quiet', '--end-of-options', `${name}^{commit}`];
    return (await this.#try('rev-parse', ...args))?.trim() ?? null;
  }

  /** Parents of HEAD. A shallow clone knows their names, even where it has not got them. */
  async parents(): Promise<readonly string[]> {
    const commit = (await this.#try('cat-file', 'commit', 'HEAD')) ?? '';
    const [header = ''] = commit.split('\n\n', 1);
    return [...header.matchAll(/^parent ([0-9a-f]+)$/gm)].map(([, parent = '']) => parent);
  }

  /** Fetches a branch, tag or commit from where the repository was cloned. Null where that is not to be had. */
  async fetch(name: string): Promise<string | null> {
    const isShallow = (await this.#try('rev-parse', '--is-shallow-repository'))?.trim() === 'true';
    // A depth would cut off the history that a whole clone has.
    const options = ['--no-tags', '--no-recurse-submodules', ...(isShallow ? ['--depth=1'] : [])];
    const fetched = await this.#try('fetch', ...options, '--end-of-options', 'origin', name);
    return fetched === null ? null : this.commitOf('FETCH_HEAD');
  }

  /** The working directory within the repository: empty at its top, else with a slash at its end. */
  async prefix(): Promise<string> {
    return (await this.#try('rev-parse', '--show-prefix'))?.replace(/\n$/, '') ?? '';
  }

  /** Changes below a folder from a commit to the working tree, files that git does not track yet included. */
  async changes(commit: string, folder: string): Promise<readonly FileChange[]> {
    const [status, untracked] = await Promise.all([
      this.#git('diff', '--name-status', '--find-renames', '--relative', '-z', commit, '--', folder),
      this.#git('ls-files', '--others', '--exclude-standard', '-z', '--', folder),
    ]);
    const added = fields(untracked).map((path): FileChange => ({ kind: 'added', path }));
    return [...parseNameStatus(fields(status)), ...added];
  }

  /** Content of a file at a commit. */
  async contentAt(commit: string, path: string): Promise<Uint8Array> {
    const { stdout } = await run('git', ['show', `${commit}:./${path}`], {
      ...this.#options(),
      encoding: 'buffer',
    });
    return stdout;
  }

  /** Lines that the working tree adds to a commit, each hunk with its three lines of context. */
  async changedLines(commit: string): Promise<ChangedLines> {
    return linesOfDiff(await this.#git('diff', ...plainDiff, '--relative', commit));
  }

  /** The top folder of the working tree. */
  async top(): Promise<string> {
    return (await this.#git('rev-parse', '--show-toplevel')).replace(/\n$/, '');
  }

  /**
   * Files and whole folders of the working tree that git does not track, ignored ones included, by their paths from
   * its top. Folders end with a slash.
   */
  async untracked(): Promise<readonly string[]> {
    const list = ['ls-files', '--others', '--directory', '--full-name', '-z', '--', ':/'];
    return fields(await this.#git(...list));
  }

  /**
   * Files of the working tree that are no others' and not ignored, from its top on, by their paths from the working directory. Null
   * where there is no repository.
   */
  async files(): Promise<readonly string[] | null> {
    const list = await this.#try('ls-files', '--cached', '--others', '--exclude-standard', '-z', '--', ':/');
    return list === null ? null : [...new Set(fields(list))];
  }

  /** Writes the files of a commit into a folder, by way of an index of its own: the repository is left alone. */
  async checkOut(commit: string, folder: string, index: string): Promise<void> {
    const { env, ...options } = this.#options();
    const apart = { ...options, cwd: await this.top(), env: { ...env, GIT_INDEX_FILE: index } };
    await run('git', ['read-tree', commit], apart);
    await run('git', ['checkout-index', '--all', `--prefix=${folder}/`], apart);
  }

  async #git(...args: readonly string[]): Promise<string> {
    const { stdout } = await run('git', [...args], this.#options());
    return stdout;
  }

  /**
   * Null where git exits with an error: the question has no answer here.
   *
   * @throws CannotReview where there is no git.
   */
  async #try(...args: readonly string[]): Promise<string | null> {
    try {
      return await this.#git(...args);
    } catch (cause) {
      if (!hasCode(cause, 'ENOENT')) return null;
      const hint = 'install it, or name the new migrations with --new';
      throw new CannotReview([problem('git cannot be run here', hint)], { cause });
    }
  }

  #options() {
    // Where git would have to ask for a password, nobody is there to answer.
    const env = { ...process.env, GIT_TERMINAL_PROMPT: '0' };
    return { cwd: this.#directory, env, maxBuffer: 512 * 1024 * 1024 };
  }
}

function fields(output: string): readonly string[] {
  return output.split('\0').filter((field) => field !== '');
}

/** `git diff --name-status -z`: a status letter, then one path, or two after a rename or copy. */
function parseNameStatus(list: readonly string[]): readonly FileChange[] {
  const changes: FileChange[] = [];
  for (let index = 0; index < list.length; index += 2) {
    const status = list[index] ?? '';
    const path = list[index + 1] ?? '';
    if (status.startsWith('R') || status.startsWith('C')) {
      const to = list[index + 2] ?? '';
      changes.push(
        status.startsWith('R') ? { kind: 'renamed', path: to, from: path } : { kind: 'added', path: to },
      );
      index += 1;
    } else if (status === 'A') changes.push({ kind: 'added', path });
    else if (status === 'D') changes.push({ kind: 'deleted', path });
    else changes.push({ kind: 'modified', path });
  }
  return changes;
}
