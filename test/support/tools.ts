import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { changeByCommand } from '../../src/change/by-command.ts';
import type { Sandbox } from '../../src/model/server.ts';
import { type Migrated, migrate } from '../../src/pipeline/migrate-command.ts';
import type { Files } from './project.ts';
import { TestPullRequest } from './pull-request.ts';
import { SharedSandbox } from './shared-sandbox.ts';

const modules = join(import.meta.dirname, '..', '..', 'node_modules');

/** A pull request of a project that has this one's packages installed, where git does not see them. */
export function projectWithPackages(base: Files, change: Files): TestPullRequest {
  const repository = new TestPullRequest({ '.gitignore': 'node_modules\n', ...base }, change);
  symlinkSync(modules, join(repository.root, 'node_modules'));
  return repository;
}

let runs = 0;

/** Runs a command in base and head, and returns what it sent in the latter. The database of the base is left. */
export async function migrateProject(
  server: Sandbox,
  root: string,
  text: string,
): Promise<Migrated & { readonly sandbox: Sandbox }> {
  runs += 1;
  const sandbox = new SharedSandbox(server, `tool_${process.pid}_${runs}`);
  const signal = new AbortController().signal;
  const command = { text, limitMs: 60_000, root, signal, progress: () => {} };
  return { ...(await migrate(sandbox, await changeByCommand(root, null), command)), sandbox };
}
