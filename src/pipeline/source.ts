import { relative, resolve } from 'node:path';
import { type CommandChange, changeByCommand } from '../change/by-command.ts';
import { type SchemaFileChange, schemaFileChange } from '../change/schema-file.ts';
import type { Config } from '../config/config.ts';
import { detectLayout } from '../migrations/layouts/detect.ts';
import type { Change, Layout } from '../model/change.ts';
import { CannotReview, problem } from '../model/problem.ts';
import { readChange } from './change.ts';
import type { MigrateCommand } from './migrate-command.ts';

/**
 * Where the two states of the schema come from: migrations, a command that runs them, or two versions of a file that
 * holds it whole.
 */
export type Source =
  | { readonly kind: 'migrations'; readonly layout: Layout; readonly change: Change }
  | { readonly kind: 'command'; readonly command: MigrateCommand; readonly change: CommandChange }
  | ({ readonly kind: 'schema file' } & SchemaFileChange);

/** What a command is run in. */
type Surroundings = Pick<MigrateCommand, 'root' | 'signal' | 'progress'>;

/** @throws CannotReview where there is nothing of the kind that the configuration names. */
export async function readSource(config: Config, surroundings: Surroundings): Promise<Source> {
  const { migrations, layout, placeholders, comparison } = config;
  const { root } = surroundings;
  if (config.migrateCommand !== null) {
    const command = {
      ...surroundings,
      text: config.migrateCommand,
      limitMs: config.commandLimitMs,
      secret: config.serverUrl,
      environment: config.environment,
    };
    return commandSource(command, comparison);
  }
  const within = (path: string) => relative(root, resolve(root, path)) || '.';
  if (config.schema !== null) return schemaFile(root, within(config.schema), comparison);
  const folder = migrations === null ? null : within(migrations);
  const detected = await detectLayout(root, { folder, layout, placeholders });
  if (detected.kind === 'schema') return schemaFile(root, detected.file, comparison);
  const source = { root, folder: detected.folder, layout: detected.layout };
  return { kind: 'migrations', layout: detected.layout, change: await readChange(source, comparison) };
}

async function commandSource(command: MigrateCommand, comparison: Config['comparison']): Promise<Source> {
  if (comparison.kind === 'named') {
    const hint = 'leave out --new, or the command';
    throw new CannotReview([problem('what a migrate command adds is told by running it at the base', hint)]);
  }
  return { kind: 'command', command, change: await changeByCommand(command.root, comparison.base) };
}

async function schemaFile(root: string, path: string, comparison: Config['comparison']): Promise<Source> {
  if (comparison.kind === 'named') {
    const hint = 'leave out --new, and name with --base what to compare with';
    throw new CannotReview([problem('a schema file is compared with its version at the base', hint)]);
  }
  return { kind: 'schema file', ...(await schemaFileChange(root, path, comparison.base)) };
}

/** Whether the change leaves the schema, and what it comes from, as they are. What a command does only running tells. */
export function leavesSchema(source: Source): boolean {
  switch (source.kind) {
    case 'migrations':
      return source.change.added.length === 0 && source.change.touched.length === 0;
    case 'command':
      return false;
    case 'schema file':
      return source.base?.text === source.head.text;
    default:
      return source satisfies never;
  }
}

/** What building the base is, for whoever waits. */
export function describeBase(source: Source): string {
  switch (source.kind) {
    case 'migrations':
      return `applying ${source.change.base.length} migrations of the base`;
    case 'command':
      return 'running the migrate command, of base and head';
    case 'schema file':
      return `loading both versions of ${source.head.path}`;
    default:
      return source satisfies never;
  }
}
