import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import type { Address, FileSize, Sandbox } from '../../model/server.ts';
import { superuser } from '../roles.ts';
import { PostgresServer } from '../server.ts';
import { settingArguments, statementLogSettings, throwAwaySettings } from '../settings.ts';
import { type Engine, findEngine, pullImage, reachOf } from './engine.ts';
import { cannotRun, exitedAtStart, imageUnavailable, notReady } from './errors.ts';
import { growInContainer } from './grow.ts';
import { ThrowAwayContainer } from './lifetime.ts';

export interface ContainerOptions {
  /** An image that is used like the official `postgres` one. */
  readonly image: string;
  /** What one statement may take, in milliseconds. */
  readonly limitMs: number;
  readonly signal: AbortSignal;
  /** Whether other programs are to connect, and what they send can be logged. */
  readonly forTools?: boolean;
  /** What the server may take to answer once its container runs, in milliseconds. */
  readonly readyMs?: number;
}

/** Said explicitly, since the official image moved its own with version 18. */
const dataDirectory = '/var/lib/postgresql/guardrails';

const serverPort = '5432/tcp';

/** Between two looks at a server that starts, in milliseconds. */
const pauseMs = 50;

/**
 * Starts a server in a container, reachable from this machine only where the engine runs on it.
 *
 * @throws CannotReview where there is no engine, no image, or the server does not start.
 */
export async function startContainer(options: ContainerOptions): Promise<Sandbox> {
  try {
    await using starting = new AsyncDisposableStack();
    const engine = await findEngine(options.signal);
    const { host, publishOn } = await reachOf(engine);
    const password = randomBytes(24).toString('base64url');
    const container = starting.use(await runPostgres(engine, publishOn, password, options));
    const port = await untilReady(container, { host, password }, options);
    const edge = {
      kind: 'container',
      host,
      port,
      password,
      tools: options.forTools ? { host, port } : null,
      grow: (files: readonly FileSize[]) => growInContainer(container, dataDirectory, files),
      stop: () => running.disposeAsync(),
    } as const;
    const sandbox = await PostgresServer.attach(edge, options.limitMs);
    const running = starting.move();
    return sandbox;
  } catch (error) {
    // What fails because the container is being removed is no failure of its own.
    options.signal.throwIfAborted();
    throw error;
  }
}

async function runPostgres(
  engine: Engine,
  publishOn: string,
  password: string,
  { image, signal, forTools = false }: ContainerOptions,
): Promise<ThrowAwayContainer> {
  const settings = { ...throwAwaySettings, ...(forTools ? statementLogSettings : {}) };
  const options = {
    Image: await pullImage(engine, image, signal),
    Cmd: ['postgres', ...settingArguments(settings)],
    Env: [
      `POSTGRES_USER=${superuser}`,
      'POSTGRES_DB=postgres',
      `POSTGRES_PASSWORD=${password}`,
      // The locale of an embedded server, for the same reason.
      'POSTGRES_INITDB_ARGS=--encoding=UTF8 --locale=C.UTF-8 --no-sync --wal-segsize=1',
      `PGDATA=${dataDirectory}`,
    ],
    ExposedPorts: { [serverPort]: {} },
    HostConfig: {
      PortBindings: { [serverPort]: [{ HostIp: publishOn, HostPort: '0' }] },
      // A cluster is a thousand small files and lives for seconds.
      Tmpfs: { [dataDirectory]: '' },
      // What the image's entry point needs to own the data directory and step down from root, and no more.
      CapDrop: ['ALL'],
      CapAdd: ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'SETGID', 'SETUID'],
      SecurityOpt: ['no-new-privileges'],
      PidsLimit: 512,
      // Parallel workers share memory there; the engine's 64 MB are soon used up.
      ShmSize: 1024 ** 3,
    },
  };
  try {
    return await ThrowAwayContainer.start(engine, options, signal);
  } catch (error) {
    // testcontainers does not notice a pull that fails half-way; the engine then misses the image.
    throw /no such image/i.test(String(error)) ? imageUnavailable(image, error) : cannotRun(image, error);
  }
}

/** Waits until the server accepts sessions, and returns the port it is published on. */
async function untilReady(
  container: ThrowAwayContainer,
  { host, password }: { readonly host: string; readonly password: string },
  { image, signal, readyMs = 60_000 }: ContainerOptions,
): Promise<number> {
  const deadline = performance.now() + readyMs;
  for (;;) {
    const { State: state, NetworkSettings: network } = await container.state();
    if (!state.Running) throw exitedAtStart(image, state.ExitCode, await container.lastOutput());
    const port = Number(network.Ports[serverPort]?.[0]?.HostPort ?? 0);
    const failure = await connectionFailure({ host, port, password, user: superuser, database: 'postgres' });
    if (failure === null) return port;
    if (performance.now() >= deadline) {
      throw notReady(image, readyMs, await container.lastOutput(), failure);
    }
    await pause(pauseMs, undefined, { signal });
  }
}

/**
 * Why a session cannot be opened, or null. Nothing less tells: the log says "ready" of the server without a
 * port that the official image initialises with, and the engine accepts connections that nobody serves yet.
 */
async function connectionFailure(address: Address): Promise<unknown> {
  const client = new pg.Client({ ...address, ssl: false, connectionTimeoutMillis: 2_000 });
  client.on('error', () => {});
  try {
    await client.connect();
  } catch (error) {
    return error;
  }
  await client.end();
  return null;
}
