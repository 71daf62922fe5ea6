import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder that is gone afterwards, also where the process is made to exit meanwhile. */
export class TemporaryFolder implements AsyncDisposable {
  readonly path: string;
  readonly #sweep: () => void;

  private constructor(path: string) {
    this.path = path;
    this.#sweep = () => rmSync(path, { recursive: true, force: true });
    process.once('exit', this.#sweep);
  }

  static async create(): Promise<TemporaryFolder> {
    return new TemporaryFolder(await mkdtemp(join(tmpdir(), 'pg-guardrails-')));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
    process.off('exit', this.#sweep);
  }
}
