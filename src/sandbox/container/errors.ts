import { isNativeError } from 'node:util/types';
import { CannotReview, problem } from '../../model/problem.ts';

/** None was found where testcontainers looks: its own settings, DOCKER_HOST, the usual sockets. */
export function noEngine(cause: unknown): CannotReview {
  const hint = 'start Docker, or set DOCKER_HOST to where one answers, or use --postgres embedded';
  return new CannotReview([problem('no container engine answers', hint)], { cause });
}

export function imageUnavailable(image: string, cause: unknown): CannotReview {
  const hint = 'check its name and the access to its registry, or name another one with --postgres-image';
  return new CannotReview([problem(`the image ${image} cannot be pulled`, `${reasonOf(cause)}\n${hint}`)], {
    cause,
  });
}

/** The engine would not create or start the container. */
export function cannotRun(image: string, cause: unknown): CannotReview {
  return new CannotReview([problem(`the engine cannot run a container of ${image}`, reasonOf(cause))], {
    cause,
  });
}

/** @param output the last that the container printed */
export function exitedAtStart(image: string, status: number, output: string): CannotReview {
  const message = `the container of ${image} ended with status ${status} before PostgreSQL answered`;
  return new CannotReview([problem(message, output || 'it printed nothing')]);
}

/**
 * @param output the last that the container printed
 * @param cause why the last connection failed
 */
export function notReady(image: string, limitMs: number, output: string, cause: unknown): CannotReview {
  const message = `PostgreSQL in a container of ${image} did not answer within ${limitMs / 1000} s`;
  return new CannotReview([problem(message, `${reasonOf(cause)}\n${output}`.trim())], { cause });
}

export function cannotGrow(cause: unknown): CannotReview {
  return new CannotReview([problem('files in the container cannot be extended', reasonOf(cause))], { cause });
}

export function cannotRemove(name: string, cause: unknown): CannotReview {
  const hint = `remove it with: docker rm --force --volumes ${name}`;
  return new CannotReview(
    [problem(`the container ${name} cannot be removed`, `${reasonOf(cause)}\n${hint}`)],
    {
      cause,
    },
  );
}

/** The engine's own words, without what its client puts before them. */
function reasonOf(cause: unknown): string {
  const text = isNativeError(cause) ? cause.message : String(cause);
  return text.replace(/^\(HTTP code \d+\) [^-]* - /, '').trim();
}
