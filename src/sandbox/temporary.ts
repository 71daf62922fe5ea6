import { rmSync, statfsSync } from 'node:fs';
import { chmod, chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A file system in memory, where Linux has one. */
const memory = '/dev/shm';

/** Free space, in bytes, from which a file system in memory is used for the server's files. */
const enough = 1024 ** 3;

/**
 * Where the server's files go: in memory if there is room, since a cluster is a thousand small files and lives
 * for seconds. A TMPDIR in the environment is somebody's decision and is kept to.
 */
function roomiestFolder(): string {
  if (process.env['TMPDIR']) return tmpdir();
  try {
    const { bavail, bsize } = statfsSync(memory);
    return bavail * bsize >= enough ? memory : tmpdir();
  } catch {
    return tmpdir();
  }
}

/** A directory of our own, closed to other users, which goes when the process does. */
export class TemporaryDirectory implements AsyncDisposable {
  readonly path: string;
  readonly #sweep: () => void;

  private constructor(path: string) {
    this.path = path;
    // A process that ends without unwinding (process.exit, an uncaught error) must leave nothing behind either.
    this.#sweep = () => rmSync(path, { recursive: true, force: true, maxRetries: 3 });
    process.once('exit', this.#sweep);
  }

  /** For data, in memory where possible; for programs, on disk, since memory may be mounted without execution. */
  static async create(
    holds: 'data' | 'programs',
    account: { readonly uid: number; readonly gid: number } | null,
  ): Promise<TemporaryDirectory> {
    const parent = holds === 'data' ? roomiestFolder() : tmpdir();
    const directory = new TemporaryDirectory(await mkdtemp(join(parent, 'pg-guardrails-')));
    await chmod(directory.path, 0o700);
    if (account !== null) await chown(directory.path, account.uid, account.gid);
    return directory;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.path, { recursive: true, force: true, maxRetries: 3 });
    process.off('exit', this.#sweep);
  }
}
