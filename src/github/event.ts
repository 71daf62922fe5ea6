import { z } from 'zod';
import type { StatedBase } from '../model/change.ts';
import { CannotReview, type Problem, problem } from '../model/problem.ts';

/** What made the workflow run. */
export type TriggeringEvent =
  | {
      readonly kind: 'pull request';
      readonly name: string;
      readonly number: number;
      readonly headSha: string;
      /** `owner/name` that the head branch is in; null where it is gone. */
      readonly headRepository: string | null;
      readonly base: StatedBase;
    }
  /** Commits that no pull request is told of: pushes, merge queues, schedules. */
  | { readonly kind: 'commits'; readonly name: string; readonly base: StatedBase };

const sha = z.string().regex(/^[0-9a-f]{40,64}$/);

/** https://docs.github.com/en/webhooks/webhook-events-and-payloads#pull_request */
const pullRequestPayload = z.object({
  pull_request: z.object({
    number: z.int().positive(),
    head: z.object({ sha, repo: z.object({ full_name: z.string() }).nullable() }),
    base: z.object({ sha }),
  }),
});

/** https://docs.github.com/en/webhooks/webhook-events-and-payloads#merge_group */
const mergeGroupPayload = z.object({ merge_group: z.object({ base_sha: sha }) });

/** https://docs.github.com/en/webhooks/webhook-events-and-payloads#push */
const pushPayload = z.object({ before: sha });

const repositoryPayload = z.object({ repository: z.object({ default_branch: z.string().min(1) }) });

/**
 * Reads the payload that GitHub gives for an event.
 *
 * @param name of the event, such as `pull_request`
 * @throws CannotReview where the payload is not what GitHub documents for it.
 */
export function readEvent(name: string, payload: unknown): TriggeringEvent {
  switch (name) {
    case 'pull_request':
    case 'pull_request_target': {
      const { number, head, base } = parse(pullRequestPayload, name, payload).pull_request;
      return {
        kind: 'pull request',
        name,
        number,
        headSha: head.sha,
        headRepository: head.repo?.full_name ?? null,
        base: { kind: 'pull request', headSha: head.sha, baseSha: base.sha },
      };
    }
    case 'merge_group': {
      const { base_sha } = parse(mergeGroupPayload, name, payload).merge_group;
      return { kind: 'commits', name, base: { kind: 'named', name: base_sha } };
    }
    case 'push': {
      const { before } = parse(pushPayload, name, payload);
      // All zeros: the branch is new.
      const base: StatedBase = /^0+$/.test(before) ? defaultBranch(payload) : { kind: 'named', name: before };
      return { kind: 'commits', name, base };
    }
    default:
      return { kind: 'commits', name, base: defaultBranch(payload) };
  }
}

function parse<Schema extends z.ZodType>(schema: Schema, name: string, payload: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(payload);
  if (parsed.success) return parsed.data;
  throw new CannotReview(
    parsed.error.issues.map(({ path, message }) =>
      problem(`the payload of the event ${name} is not as documented: ${path.join('.')}: ${message}`),
    ),
  );
}

function defaultBranch(payload: unknown): StatedBase {
  const parsed = repositoryPayload.safeParse(payload);
  return parsed.success
    ? { kind: 'named', name: parsed.data.repository.default_branch }
    : { kind: 'default branch' };
}

/**
 * Why a review must not run for an event: `pull_request_target` gives a token that may write, and secrets, to a
 * job that would run what somebody without any rights has written. Null where it may.
 *
 * @param repository `owner/name` that the workflow runs in
 */
export function refusalOf(event: TriggeringEvent, repository: string): Problem | null {
  if (event.kind !== 'pull request' || event.name !== 'pull_request_target') return null;
  if (event.headRepository?.toLowerCase() === repository.toLowerCase()) return null;
  return problem(
    `this pull request comes from ${event.headRepository ?? 'a repository that is gone'}, and its migrations must not run with the rights of pull_request_target`,
    'run the workflow on pull_request; the review of a fork is then in the job summary and in annotations',
  );
}
