import { once } from 'node:events';
import { createServer } from 'node:net';
import { type ContainerRuntimeClient, getContainerRuntimeClient, ImageName } from 'testcontainers';
import { imageUnavailable, noEngine } from './errors.ts';

/**
 * What runs containers. Of testcontainers only this client is used: it finds the engine and logs in at
 * registries. Its `GenericContainer` starts a reaper unless told not to (ryuk: one more image, which holds the
 * engine's socket next to untrusted SQL), cannot publish a port on the loopback address only, and waits ten
 * seconds for the ports of a container that has already ended.
 */
export type Engine = ContainerRuntimeClient;

/** An engine that has not said anything by then says nothing, in milliseconds. */
const answerMs = 15_000;

/** @throws CannotReview where none answers. */
export async function findEngine(signal: AbortSignal): Promise<Engine> {
  try {
    return await within(
      AbortSignal.any([signal, AbortSignal.timeout(answerMs)]),
      getContainerRuntimeClient(),
    );
  } catch (error) {
    throw noEngine(error);
  }
}

/**
 * Pulls an image that the engine does not have, and returns its full name.
 *
 * @throws CannotReview
 */
export async function pullImage(engine: Engine, image: string, signal: AbortSignal): Promise<string> {
  try {
    const name = ImageName.fromString(image);
    await within(signal, engine.image.pull(name));
    return name.string;
  } catch (error) {
    throw imageUnavailable(image, error);
  }
}

export interface Reach {
  /** Where published ports are found. */
  readonly host: string;
  /** The address to publish them on; empty for any, where the engine does not share our network. */
  readonly publishOn: string;
}

export async function reachOf(engine: Engine): Promise<Reach> {
  const { host } = engine.info.containerRuntime;
  return (await isOurs(host)) ? { host: '127.0.0.1', publishOn: '127.0.0.1' } : { host, publishOn: '' };
}

/** An address is ours if we can listen on it. The list of network interfaces lacks those that are idle. */
async function isOurs(host: string): Promise<boolean> {
  const server = createServer().listen(0, host);
  try {
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}

/** Rejects as soon as the signal is aborted. testcontainers takes no signals, so the work itself goes on. */
async function within<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort);
  try {
    return await Promise.race([aborted.promise, work]);
  } finally {
    signal.removeEventListener('abort', abort);
    work.catch(() => {});
  }
}
