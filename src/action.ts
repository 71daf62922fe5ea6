import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { getInput, info, setFailed, setSecret } from '@actions/core';
import { publish } from './action/publish.ts';
import { findBase } from './change/base.ts';
import { Git } from './change/git.ts';
import type { Overrides } from './config/config.ts';
import { loadConfigFile } from './config/file.ts';
import { type Inputs, readInputs } from './config/inputs.ts';
import { resolveConfig } from './config/read.ts';
import { sandboxOf } from './config/sandbox.ts';
import { type Environment, readEnvironment } from './github/environment.ts';
import { readEvent, refusalOf, type TriggeringEvent } from './github/event.ts';
import { listenForInterruption } from './interruption.ts';
import { CannotReview, problem } from './model/problem.ts';
import type { Review } from './model/review.ts';
import { renderProblems } from './report/problems.ts';
import { printable } from './report/terminal/layout.ts';
import { review } from './review.ts';
import { knownNames } from './rules/known.ts';
import { startSandbox } from './sandbox/start.ts';

/** Exit status: the verdict, or that there is none. A job knows only that it is not 0; the words tell. */
const exitStatus = { pass: 0, fail: 1, cannotRun: 2 } as const;

async function readTriggeringEvent({ event, repository }: Environment): Promise<TriggeringEvent> {
  const payload: unknown = JSON.parse(await readFile(event.path, 'utf8'));
  const triggering = readEvent(event.name, payload);
  const refusal = refusalOf(triggering, `${repository.owner}/${repository.name}`);
  if (refusal !== null) throw new CannotReview([refusal]);
  return triggering;
}

async function readRoot({ workspace }: Environment, { workingDirectory }: Inputs): Promise<string> {
  const root = resolve(workspace, workingDirectory);
  const isFolder = await stat(root).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (isFolder) return root;
  throw new CannotReview([
    problem(`there is no folder ${workingDirectory}`, 'the input working-directory names it'),
  ]);
}

function overridesOf(inputs: Inputs, base: string | null): Overrides {
  return {
    migrations: inputs.migrations,
    layout: inputs.layout,
    schema: inputs.schema,
    migrateCommand: inputs.migrateCommand,
    captureCommand: inputs.captureCommand,
    emptyDatabase: false,
    captureBase: false,
    environment: {},
    workload: inputs.workload,
    baseWorkload: inputs.baseWorkload,
    seed: inputs.seed,
    statistics: inputs.statistics,
    comparison: { kind: 'git', base },
    ...sandboxOf(inputs.postgres),
    execute: inputs.execute,
    postgresVersion: inputs.postgresVersion,
    image: inputs.postgresImage,
    failOn: inputs.failOn,
    minScore: inputs.minScore,
  };
}

/** Reviews what the event is about, and publishes the review only when it is complete. */
async function run(signal: AbortSignal): Promise<number> {
  const environment = readEnvironment(process.env);
  const event = await readTriggeringEvent(environment);
  const inputs = readInputs((name) => getInput(name));
  // A URL may hold a password; GitHub then hides it wherever it would be logged.
  if (inputs.postgres !== null && sandboxOf(inputs.postgres).serverUrl !== null) setSecret(inputs.postgres);
  const root = await readRoot(environment, inputs);
  const git = new Git(root);
  const stated = inputs.base === null ? event.base : { kind: 'named' as const, name: inputs.base };
  const base = await findBase(git, stated);
  const file = await loadConfigFile(root, inputs.config, knownNames);
  const result = await review(resolveConfig(file, overridesOf(inputs, base), 'container', process.env), {
    root,
    signal,
    now: () => performance.now(),
    today: new Date().toISOString().slice(0, 10),
    progress: info,
    startSandbox,
  });
  await publish(result, { environment, event, inputs, prefix: await git.prefix() });
  return gate(result);
}

/** The verdict as the job's status, which is what branch protection looks at. */
function gate(result: Review | null): number {
  if (result === null || result.verdict === 'pass') return exitStatus.pass;
  setFailed(`Database review: fail, score ${result.score}: ${result.reasons.join('; ')}.`);
  return exitStatus.fail;
}

/** Worded apart from what a review finds: this says nothing about the change. */
function reasonOf(error: unknown): string {
  if (error instanceof CannotReview) return `: ${renderProblems(error.problems)}`;
  return `, by a defect of its own: ${error instanceof Error ? error.stack : error}`;
}

async function main(): Promise<number> {
  // A job is cancelled by SIGINT, and by SIGTERM seconds later.
  const interruption = listenForInterruption();
  try {
    return await run(interruption.signal);
  } catch (error) {
    const status = interruption.status();
    if (status !== null) return status;
    setFailed(printable(`pg-guardrails could not run${reasonOf(error)}`));
    return exitStatus.cannotRun;
  }
}

process.exitCode = await main();
