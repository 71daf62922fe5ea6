import type { Sandbox, SandboxKind } from '../model/server.ts';
import { startEmbedded } from './embedded/embedded.ts';
import { startExternal } from './external/external.ts';

export interface SandboxOptions {
  readonly kind: SandboxKind;
  /** URL of an external server; null of others. */
  readonly url: string | null;
  /** Major version of the embedded server. */
  readonly major: number;
  /** Image of the container. */
  readonly image: string;
  /** What one statement may take, in milliseconds. */
  readonly limitMs: number;
  /** Whether other programs are to connect, and what they send can be logged. */
  readonly forTools?: boolean;
  /** Aborting it stops a server that is starting or running. */
  readonly signal: AbortSignal;
}

/**
 * Starts a throw-away server.
 *
 * @throws CannotReview where it does not start.
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  switch (options.kind) {
    case 'embedded':
      return startEmbedded(options);
    case 'container': {
      // Only who asks for a container pays for loading what runs it.
      const { startContainer } = await import('./container/container.ts');
      return startContainer(options);
    }
    case 'external':
      return startExternal({ ...options, url: options.url ?? '' });
    default:
      return options.kind satisfies never;
  }
}
