import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { CannotReview, problem } from '../../model/problem.ts';
import type { FileSize, Sandbox } from '../../model/server.ts';
import { PostgresServer } from '../server.ts';
import { settingArguments, throwAwaySettings } from '../settings.ts';
import { type Account, isOpenToOthers, serverAccount } from './account.ts';
import { findInstallation, type Installation } from './binaries.ts';
import { growFiles } from './grow.ts';
import { linkPrograms } from './programs.ts';
import { TemporaryDirectory } from './temporary.ts';

export interface EmbeddedOptions {
  readonly major: number;
  /** What one statement may take, in milliseconds. */
  readonly limitMs: number;
  readonly signal: AbortSignal;
}

/** Only the socket's name depends on it: nothing listens on the network. */
const port = 5432;

/**
 * Initialises and starts a server of our own, reachable through a socket in a directory that only its user may
 * enter, and with an empty environment: SQL could read ours.
 *
 * @throws CannotReview where that version is not installed or the server does not start.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<Sandbox> {
  const installed = findInstallation(options.major);
  const account = serverAccount();
  await using starting = new AsyncDisposableStack();
  const directory = starting.use(await TemporaryDirectory.create('data', account)).path;
  const programs = await readablePrograms(installed, account, starting);
  const data = join(directory, 'data');
  const run: Run = { cwd: directory, env: {}, ...account, signal: options.signal, killSignal: 'SIGQUIT' };
  await initialise(programs, data, run);
  const server = starting.adopt(await startServer(programs, data, directory, run), stopServer);
  // Without unwinding (process.exit, an uncaught error) the server must not outlive us either.
  const kill = () => server.kill('SIGQUIT');
  process.prependOnceListener('exit', kill);
  starting.defer(() => void process.off('exit', kill));
  const edge = {
    kind: 'embedded',
    host: directory,
    port,
    password: '',
    grow: (files: readonly FileSize[]) => growFiles(data, files, account),
    stop: () => running.disposeAsync(),
  } as const;
  const sandbox = await PostgresServer.attach(edge, options.limitMs);
  const running = starting.move();
  return sandbox;
}

interface Run extends Partial<Account> {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Immediate shutdown; the usual SIGTERM would wait for sessions to end. */
  readonly killSignal: 'SIGQUIT';
}

async function readablePrograms(
  installed: Installation,
  account: Account | null,
  starting: AsyncDisposableStack,
): Promise<Installation> {
  if (account === null || (await isOpenToOthers(installed))) return installed;
  const folder = starting.use(await TemporaryDirectory.create('programs', account)).path;
  return linkPrograms(installed, folder);
}

async function initialise(programs: Installation, data: string, run: Run): Promise<void> {
  // Any locale but C: production databases rarely have it, and only there an ordinary index serves LIKE 'x%'.
  const locale = process.platform === 'linux' ? 'C.UTF-8' : 'en_US.UTF-8';
  const initdb = spawn(
    join(programs, 'bin', 'initdb'),
    [
      ...['--pgdata', data, '--username', 'postgres', '--auth', 'trust'],
      ...['--encoding', 'UTF8', '--locale', locale],
      ...['--no-sync', '--no-instructions', '--wal-segsize', '1'],
    ],
    { ...run, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const output = lastOf(initdb);
  const code = await new Promise((resolve, reject) => initdb.once('error', reject).once('close', resolve));
  if (code !== 0) throw cannotStart('PostgreSQL could not be initialised', output());
}

async function startServer(
  programs: Installation,
  data: string,
  sockets: string,
  run: Run,
): Promise<ChildProcess> {
  const settings = { ...throwAwaySettings, listen_addresses: '', port: String(port) };
  const server = spawn(
    join(programs, 'bin', 'postgres'),
    ['-D', data, '-k', sockets, ...settingArguments(settings)],
    { ...run, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const output = lastOf(server);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.once('exit', () => reject(cannotStart('PostgreSQL did not start', output())));
    server.stderr.on('data', () => {
      if (output().includes('ready to accept connections')) resolve();
    });
  });
  return server;
}

/** Immediate shutdown (SIGQUIT): there is nothing to save. */
async function stopServer(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const gone = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGQUIT');
  await gone;
}

/** The last of what a process prints: enough for an error message, without keeping a server's whole log. */
function lastOf(child: ChildProcess): () => string {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      text = (text + chunk).slice(-16_384);
    });
  }
  return () => text;
}

function cannotStart(message: string, output: string): CannotReview {
  return new CannotReview([problem(message, output.trim() || null)]);
}
