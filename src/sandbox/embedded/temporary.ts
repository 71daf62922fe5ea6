import { existsSync, rmSync, statfsSync } from 'node:fs';
import { chmod, chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Account, isOpenToOthers } from './account.ts';

/** A file system in memory, where Linux has one. */
const memory = '/dev/shm';

/** Free space, in bytes, from which a file system in memory is used for the server's files. */
const enough = 1024 ** 3;

type Holding = 'data' | 'programs';

/**
 * Folders that would do, the best first. A TMPDIR in the environment is somebody's decision. Otherwise data goes
 * into memory if there is room, since a cluster is a thousand small files and lives for seconds; programs do not,
 * since memory may be mounted without execution.
 */
function candidates(holds: Holding): readonly string[] {
  const named = process.env['TMPDIR'];
  const inMemory = holds === 'data' && freeBytes(memory) >= enough ? [memory] : [];
  return [...(named ? [named] : []), ...inMemory, tmpdir(), '/tmp'];
}

/** 0 where there is no such file system. */
function freeBytes(path: string): number {
  if (!existsSync(path)) return 0;
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize;
}

/** The first of the folders that the server's user can reach. */
async function suitableFolder(holds: Holding, account: Account | null): Promise<string> {
  for (const folder of candidates(holds)) {
    if (account === null || (await isOpenToOthers(folder))) return folder;
  }
  return '/tmp';
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

  /** @param account who is to own it, if not us */
  static async create(holds: Holding, account: Account | null): Promise<TemporaryDirectory> {
    const parent = await suitableFolder(holds, account);
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
