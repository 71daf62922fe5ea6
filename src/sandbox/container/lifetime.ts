import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Engine } from './engine.ts';
import { cannotRemove } from './errors.ts';

type Container = Awaited<ReturnType<Engine['container']['create']>>;
type CreateOptions = Parameters<Engine['container']['create']>[0];
type ContainerState = Awaited<ReturnType<Container['inspect']>>;

/** On every container of ours, so that one left behind can be found, and the process that it belongs to. */
const labels = {
  'org.pg-guardrails': 'sandbox',
  'org.pg-guardrails.process': `${hostname()}:${process.pid}`,
};

/** How many lines of a container's output are worth showing. */
const outputLines = 20;

/** A container that goes, with its volumes, when it is disposed of, the signal is aborted or we exit. */
export class ThrowAwayContainer implements AsyncDisposable {
  readonly name = `pg-guardrails-${randomUUID()}`;
  readonly #engine: Engine;
  readonly #container: Container;
  readonly #signal: AbortSignal;
  #removal: Promise<void> | undefined;

  private constructor(engine: Engine, signal: AbortSignal) {
    this.#engine = engine;
    // By a name of our own it can be removed even where the answer to its creation was lost.
    this.#container = engine.container.getById(this.name);
    this.#signal = signal;
  }

  /** Creates a container and starts it. */
  static async start(
    engine: Engine,
    options: CreateOptions,
    signal: AbortSignal,
  ): Promise<ThrowAwayContainer> {
    await using starting = new AsyncDisposableStack();
    const container = starting.use(new ThrowAwayContainer(engine, signal));
    process.once('exit', container.#removeOnExit);
    await engine.container.create({ ...options, name: container.name, Labels: labels });
    // Before this, an abort would find nothing to remove.
    signal.throwIfAborted();
    signal.addEventListener('abort', container.#removeOnAbort, { once: true });
    await engine.container.start(container.#container);
    starting.move();
    return container;
  }

  state(): Promise<ContainerState> {
    return this.#container.inspect();
  }

  /**
   * Runs a program in the container, as one of its users.
   *
   * @throws Error with what it printed, where it does not end with status 0.
   */
  async run(user: string, command: readonly string[]): Promise<void> {
    const { exitCode, output } = await this.#engine.container.exec(this.#container, [...command], { user });
    if (exitCode !== 0) throw new Error(output.trim() || `status ${exitCode}`);
  }

  /** The last that it printed, or nothing where the engine keeps no logs. */
  async lastOutput(): Promise<string> {
    const logs = this.#container.logs({ stdout: true, stderr: true, tail: outputLines });
    return logs.then(withoutFrames, () => '');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#removal ??= this.#remove();
    await this.#removal;
  }

  /** What fails here is told where the container is disposed of. */
  readonly #removeOnAbort = (): void => {
    this.#removal ??= this.#remove();
    this.#removal.catch(() => {});
  };

  async #remove(): Promise<void> {
    this.#signal.removeEventListener('abort', this.#removeOnAbort);
    try {
      // Killed, not stopped: there is nothing to save.
      await this.#container.remove({ force: true, v: true });
    } catch (error) {
      if (!isGone(error)) throw cannotRemove(this.name, error);
    }
    process.off('exit', this.#removeOnExit);
  }

  /** Only synchronous calls still run then: the engine's command line is asked, if there is one. */
  readonly #removeOnExit = (): void => {
    spawnSync('docker', ['rm', '--force', '--volumes', this.name], { stdio: 'ignore', timeout: 10_000 });
  };
}

/** The engine answers 404 for a container it does not have, and 409 for one that is being removed. */
function isGone(error: unknown): boolean {
  const status = typeof error === 'object' && error !== null && 'statusCode' in error ? error.statusCode : 0;
  return status === 404 || status === 409;
}

/**
 * Takes the text out of its frames: eight bytes, of which the last four are a length, before each piece
 * (ContainerAttach in the engine's API).
 */
function withoutFrames(log: Buffer): string {
  let text = '';
  for (let at = 0; at + 8 <= log.length; ) {
    const end = at + 8 + log.readUInt32BE(at + 4);
    text += log.toString('utf8', at + 8, end);
    at = end;
  }
  return text.trim();
}
