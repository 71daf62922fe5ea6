import { createHash } from 'node:crypto';
import { z } from 'zod';
import { CannotReview, problem } from '../model/problem.ts';
import type { RunOrder } from './markers.ts';

/**
 * What GitHub says of the job in environment variables.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/variables
 */
export interface Environment {
  readonly repository: { readonly owner: string; readonly name: string };
  /** Address of GitHub for people, such as `https://github.com`. */
  readonly serverUrl: string;
  readonly apiUrl: string;
  /** Commit that made the workflow run. */
  readonly sha: string;
  /** Folder that the repository is checked out into. */
  readonly workspace: string;
  /** Folder for files that go with the job; null where the runner names none. */
  readonly temporary: string | null;
  readonly event: { readonly name: string; readonly path: string };
  /** The workflow's file, with its repository; its name where GitHub does not tell the file. */
  readonly workflow: string;
  readonly job: string;
  readonly run: RunOrder;
}

const variables = z
  .object({
    GITHUB_REPOSITORY: z.string().regex(/^[^/\s]+\/[^/\s]+$/),
    GITHUB_SERVER_URL: z.url(),
    GITHUB_API_URL: z.url(),
    GITHUB_SHA: z.string().min(1),
    GITHUB_WORKSPACE: z.string().min(1),
    GITHUB_EVENT_NAME: z.string().min(1),
    GITHUB_EVENT_PATH: z.string().min(1),
    GITHUB_WORKFLOW: z.string(),
    GITHUB_WORKFLOW_REF: z.string().optional(),
    GITHUB_JOB: z.string(),
    GITHUB_RUN_NUMBER: z.coerce.number().int().positive(),
    GITHUB_RUN_ATTEMPT: z.coerce.number().int().positive(),
    RUNNER_TEMP: z.string().optional(),
  })
  .transform((from): Environment => {
    const [owner = '', name = ''] = from.GITHUB_REPOSITORY.split('/');
    // `octocat/hello/.github/workflows/database.yml@refs/pull/7/merge`: the ref changes, the file stays.
    const [workflow = ''] = (from.GITHUB_WORKFLOW_REF || from.GITHUB_WORKFLOW).split('@', 1);
    return {
      repository: { owner, name },
      serverUrl: from.GITHUB_SERVER_URL,
      apiUrl: from.GITHUB_API_URL,
      sha: from.GITHUB_SHA,
      workspace: from.GITHUB_WORKSPACE,
      temporary: from.RUNNER_TEMP || null,
      event: { name: from.GITHUB_EVENT_NAME, path: from.GITHUB_EVENT_PATH },
      workflow,
      job: from.GITHUB_JOB,
      run: { number: from.GITHUB_RUN_NUMBER, attempt: from.GITHUB_RUN_ATTEMPT },
    };
  });

/** @throws CannotReview outside GitHub Actions. */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>): Environment {
  const parsed = variables.safeParse(env);
  if (parsed.success) return parsed.data;
  throw new CannotReview(
    parsed.error.issues.map(({ path, message }) =>
      problem(`the environment variable ${path.join('.')} is not as GitHub sets it: ${message}`),
    ),
  );
}

/**
 * Tells this job's comments from those of other jobs of the repository: a workflow or a matrix may review several
 * databases. The variables do not say which leg of a matrix this is, so what legs differ in goes into it.
 *
 * @param differing inputs that make another review of it
 */
export function keyOf({ workflow, job }: Environment, differing: readonly unknown[]): string {
  return createHash('sha1')
    .update(JSON.stringify([workflow, job, ...differing]))
    .digest('hex')
    .slice(0, 12);
}
