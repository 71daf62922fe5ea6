import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Config, Overrides } from '../../src/config/config.ts';
import { loadConfigFile } from '../../src/config/file.ts';
import { resolveConfig } from '../../src/config/read.ts';
import type { Review } from '../../src/model/review.ts';
import type { LentDatabase, Sandbox } from '../../src/model/server.ts';
import { review } from '../../src/review.ts';
import { knownNames } from '../../src/rules/known.ts';
import { startSandbox } from '../../src/sandbox/start.ts';
import { SharedSandbox } from './shared-sandbox.ts';

/** Files of a project by path, as bytes or text. */
export type Files = Readonly<Record<string, string | Uint8Array>>;

/** A project in a temporary folder, which goes when it is disposed of. */
export class TestProject implements Disposable {
  readonly root = mkdtempSync(join(tmpdir(), 'pg-guardrails-test-'));

  constructor(files: Files) {
    this.write(files);
  }

  write(files: Files): void {
    for (const [path, content] of Object.entries(files)) {
      const file = join(this.root, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
    }
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

const noOverrides: Overrides = {
  migrations: null,
  layout: null,
  schema: null,
  migrateCommand: null,
  captureCommand: null,
  emptyDatabase: false,
  captureBase: false,
  environment: {},
  workload: [],
  baseWorkload: [],
  seed: null,
  statistics: null,
  comparison: { kind: 'git', base: null },
  sandbox: null,
  serverUrl: null,
  execute: false,
  postgresVersion: null,
  image: null,
  failOn: null,
  minScore: null,
};

async function configOf(root: string, overrides: Partial<Overrides>): Promise<Config> {
  const file = await loadConfigFile(root, null, knownNames);
  return resolveConfig(file, { ...noOverrides, ...overrides }, 'embedded');
}

let reviews = 0;

/** Reviews a project on a server that is running already. */
export async function reviewProject(
  server: Sandbox,
  root: string,
  overrides: Partial<Overrides>,
  lent: LentDatabase | null = null,
): Promise<Review | null> {
  reviews += 1;
  const sandbox = new SharedSandbox(server, `review_${process.pid}_${reviews}`, lent);
  return review(await configOf(root, overrides), {
    root,
    signal: new AbortController().signal,
    now: () => performance.now(),
    today: new Date().toISOString().slice(0, 10),
    progress: () => {},
    startSandbox: async () => sandbox,
  });
}

/** Reviews a project on the sandbox that the configuration names, which ends with the review. */
export async function reviewAlone(root: string, overrides: Partial<Overrides>): Promise<Review | null> {
  return review(await configOf(root, overrides), {
    root,
    signal: new AbortController().signal,
    now: () => performance.now(),
    today: new Date().toISOString().slice(0, 10),
    progress: () => {},
    startSandbox,
  });
}
