import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder to be given as TMPDIR, so that what a review leaves there can be told from what others do. */
export class TemporaryFolder implements Disposable {
  readonly path = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'test-'));

  constructor() {
    // As open as /tmp, for a server that runs as another user.
    chmodSync(this.path, 0o755);
  }

  /** Names of what is in it. */
  contents(): readonly string[] {
    return readdirSync(this.path);
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
