import { relative, resolve } from 'node:path';
import { readSchemaFile } from '../change/schema-file.ts';
import { commandEnvironment } from '../command/environment.ts';
import { runCommand } from '../command/run.ts';
import type { Config } from '../config/config.ts';
import { detectLayout } from '../migrations/layouts/detect.ts';
import { loadSchemaFile } from '../migrations/schema-file/load.ts';
import type { Sandbox } from '../model/server.ts';
import { buildBase } from './base.ts';
import { readSource } from './source.ts';

/** What building a schema needs of the world outside. */
interface Surroundings {
  readonly root: string;
  readonly signal: AbortSignal;
  readonly progress: (step: string) => void;
}

/**
 * Creates a database with the schema of the working tree, whatever that is described by: all migrations, a command that
 * runs them, or a file.
 *
 * @throws CannotReview where it cannot be built.
 */
export async function createMigrated(
  sandbox: Sandbox,
  database: string,
  config: Config,
  surroundings: Surroundings,
): Promise<void> {
  if (config.migrateCommand !== null) {
    surroundings.progress('running the migrate command');
    await sandbox.createDatabase(database);
    await runMigrateCommand(sandbox, database, config.migrateCommand, config, surroundings);
    return;
  }
  await sandbox.createDatabase(database, await buildTemplate(sandbox, config, surroundings));
}

async function runMigrateCommand(
  sandbox: Sandbox,
  database: string,
  text: string,
  { commandLimitMs: limitMs, environment }: Config,
  { root, signal, progress }: Surroundings,
): Promise<void> {
  const env = commandEnvironment(process.env, sandbox.address(database), null, environment);
  await runCommand({
    text,
    purpose: 'migrate',
    tree: 'head',
    cwd: root,
    env,
    limitMs,
    signal,
    onLine: progress,
  });
}

async function buildTemplate(sandbox: Sandbox, config: Config, surroundings: Surroundings): Promise<string> {
  const { root, progress } = surroundings;
  const file = await schemaFileOf(root, config);
  if (file !== null) {
    progress(`loading ${file}`);
    await loadSchemaFile(sandbox, { base: null, head: await readSchemaFile(root, file) });
    return 'head';
  }
  progress('applying the migrations');
  const named: Config = { ...config, comparison: { kind: 'named', files: [] } };
  const base = await buildBase(sandbox, await readSource(named, surroundings));
  return base.state.name;
}

/** The file that holds the whole schema, where that is what the project has. */
async function schemaFileOf(
  root: string,
  { schema, migrations, layout, placeholders }: Config,
): Promise<string | null> {
  const within = (path: string) => relative(root, resolve(root, path)) || '.';
  if (schema !== null) return within(schema);
  const folder = migrations === null ? null : within(migrations);
  const detected = await detectLayout(root, { folder, layout, placeholders });
  return detected.kind === 'schema' ? detected.file : null;
}
