import { type CommandChange, readChangedFiles } from '../change/by-command.ts';
import { Git } from '../change/git.ts';
import { Tree } from '../change/tree.ts';
import { commandEnvironment } from '../command/environment.ts';
import { runCommand } from '../command/run.ts';
import { migrationsSent, type SentMigrations } from '../migrations/sent/migrations.ts';
import { readServerFacts } from '../migrations/sent/relevance.ts';
import type { Change, SourceFile } from '../model/change.ts';
import type { Sandbox } from '../model/server.ts';
import { recordSentTexts } from '../server-log/record.ts';

/** How a project runs its migrations: a command, which finds its database in the environment. */
export interface MigrateCommand {
  readonly text: string;
  /** What one run may take, in milliseconds. */
  readonly limitMs: number;
  /** What the command must not find in its environment. */
  readonly secret?: string | null;
  /** Further variables of its environment, as templates. */
  readonly environment?: Readonly<Record<string, string>>;
  /** The working directory, in the head's tree. */
  readonly root: string;
  readonly signal: AbortSignal;
  readonly progress: (step: string) => void;
}

/** What the change does, and what of it the server's log did not tell. */
export interface Migrated extends Pick<SentMigrations, 'incomplete'> {
  readonly change: Change;
}

/** The database in which the command itself has built the schema of the head. */
export const migratedByTool = 'tool';

/**
 * Runs the command in the files of the base, which builds the database `base`, and then in those of the head, in a
 * copy. What it sends there are the migrations of the change, to be run again under observation. Nobody stays
 * connected to `base`, so that it can serve as a template.
 *
 * @throws CannotReview where the command fails.
 */
export async function migrate(
  sandbox: Sandbox,
  change: CommandChange,
  command: MigrateCommand,
): Promise<Migrated> {
  const { mergeBase } = change.comparison;
  command.progress('running the migrate command of the base');
  await sandbox.createDatabase('base');
  await migrateBase(sandbox, 'base', command, mergeBase);
  command.progress('running the migrate command of the head');
  await sandbox.createDatabase(migratedByTool, 'base');
  const files = await readChangedFiles(command.root, mergeBase);
  const { migrations, incomplete } = await migrateHead(sandbox, migratedByTool, command, files);
  return { change: { ...change, added: migrations }, incomplete };
}

/** @param commit whose files are checked out into a temporary folder */
async function migrateBase(
  sandbox: Sandbox,
  database: string,
  command: MigrateCommand,
  commit: string,
): Promise<void> {
  await using tree = await Tree.checkOut(new Git(command.root), commit);
  // The base of a project that is new with the change is an empty database.
  if (!tree.hasDirectory) return;
  await run(sandbox, database, command, { name: 'base', directory: tree.directory });
}

/** @param changed files among which those of the migrations are looked for */
async function migrateHead(
  sandbox: Sandbox,
  database: string,
  command: MigrateCommand,
  changed: readonly SourceFile[],
): Promise<SentMigrations> {
  const sent = await recordSentTexts(sandbox, database, () =>
    run(sandbox, database, command, { name: 'head', directory: command.root }),
  );
  await using session = await sandbox.connect(database, 'owner');
  return migrationsSent(sent, changed, await readServerFacts(session));
}

async function run(
  sandbox: Sandbox,
  database: string,
  { text, limitMs, signal, progress, secret = null, environment }: MigrateCommand,
  tree: { readonly name: 'base' | 'head'; readonly directory: string },
): Promise<void> {
  const env = commandEnvironment(process.env, sandbox.address(database), secret, environment);
  await runCommand({
    text,
    purpose: 'migrate',
    tree: tree.name,
    cwd: tree.directory,
    env,
    limitMs,
    signal,
    onLine: progress,
  });
  await disconnectOthers(sandbox, database);
}

/** The command has ended, but the server may not have noticed yet. */
async function disconnectOthers(sandbox: Sandbox, database: string): Promise<void> {
  await using session = await sandbox.connect(database, 'observer');
  await session.query(
    `SELECT pg_catalog.pg_terminate_backend(pid, 5000) FROM pg_catalog.pg_stat_activity
     WHERE datname OPERATOR(pg_catalog.=) pg_catalog.current_database()
       AND pid OPERATOR(pg_catalog.<>) pg_catalog.pg_backend_pid() AND usename OPERATOR(pg_catalog.=) $1`,
    [sandbox.address(database).user],
  );
}
