import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { CannotReview, problem } from '../../model/problem.ts';
import type { FileSize, Sandbox } from '../../model/server.ts';
import { superuser } from '../roles.ts';
import { PostgresServer } from '../server.ts';
import { settingArguments, statementLogSettings, throwAwaySettings } from '../settings.ts';
import { type Account, isOpenToOthers, serverAccount } from './account.ts';
import { findInstallation, type Installation } from './binaries.ts';
import { growFiles } from './grow.ts';
import { freePort } from './port.ts';
import { linkPrograms } from './programs.ts';
import { untilReady } from './ready.ts';
import { TemporaryDirectory } from './temporary.ts';

export interface EmbeddedOptions {
  readonly major: number;
  /** What one statement may take, in milliseconds. */
  readonly limitMs: number;
  readonly signal: AbortSignal;
  /**
   * Whether other programs are to connect, over TCP on the loopback address and by password, and what they send
   * can be logged.
   */
  readonly forTools?: boolean;
  /** Libraries that work only if they are loaded at the start (shared_preload_libraries). */
  readonly libraries?: readonly string[];
}

/** Where nothing listens on the network, only the name of the socket depends on it. */
const usualPort = 5432;

/** Of the loopback interface: no other machine reaches it. */
const loopback = '127.0.0.1';

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
  const port = options.forTools ? await freePort(loopback) : usualPort;
  const settings = {
    ...throwAwaySettings,
    ...(options.forTools ? statementLogSettings : {}),
    ...(options.libraries === undefined ? {} : { shared_preload_libraries: options.libraries.join() }),
    unix_socket_directories: directory,
    listen_addresses: options.forTools ? loopback : '',
    port: String(port),
  };
  const server = starting.adopt(await startServer(programs, data, settings, run), stopServer);
  // Without unwinding (process.exit, an uncaught error) the server must not outlive us either.
  const kill = () => server.kill('SIGQUIT');
  process.prependOnceListener('exit', kill);
  starting.defer(() => void process.off('exit', kill));
  const edge = {
    kind: 'embedded',
    host: directory,
    port,
    password: randomBytes(24).toString('base64url'),
    tools: options.forTools ? { host: loopback, port } : null,
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
      ...['--pgdata', data, '--username', superuser],
      // The socket lies in a directory that nobody else can enter; a port is open to every user of the machine.
      ...['--auth-local', 'trust', '--auth-host', 'scram-sha-256'],
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
  settings: Readonly<Record<string, string>>,
  run: Run,
): Promise<ChildProcess> {
  const server = spawn(join(programs, 'bin', 'postgres'), ['-D', data, ...settingArguments(settings)], {
    ...run,
    // Out of our process group: Ctrl-C at a terminal is for us, and for a captured program that has yet to clean up.
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const output = lastOf(server);
  const ended = new Promise<never>((_, reject) => {
    server.once('error', reject);
    server.once('exit', () => reject(cannotStart('PostgreSQL did not start', output())));
  });
  await untilReady(data, ended);
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
