import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

/** How a workflow runs the Action. */
export interface ActionRun {
  /** Where the bundle is. */
  readonly dist: string;
  readonly workspace: string;
  readonly apiUrl: string;
  readonly event: { readonly name: string; readonly payload: unknown };
  /** As written in the workflow; the rest are empty, or have the default of action.yml. */
  readonly inputs?: Readonly<Record<string, string>>;
  readonly run?: { readonly number: number; readonly attempt: number };
  readonly sha?: string;
  /** Cancelled, as GitHub does it, when this is in the log. */
  readonly cancelAt?: string;
}

/** A line that the runner obeys: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands */
interface WorkflowCommand {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly message: string;
}

export interface ActionEnd {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly commands: readonly WorkflowCommand[];
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
  /** The report file, or null where there is none. */
  readonly report: unknown;
}

/** Runs the bundled Action as a process, with the environment that the runner gives. */
export async function runAction({ dist, workspace, apiUrl, event, ...rest }: ActionRun): Promise<ActionEnd> {
  const { inputs = {}, run = { number: 1, attempt: 1 }, sha = '0'.repeat(40), cancelAt } = rest;
  const folder = mkdtempSync(join(tmpdir(), 'pg-guardrails-action-'));
  try {
    const files = {
      output: join(folder, 'output'),
      summary: join(folder, 'summary'),
      event: join(folder, 'event.json'),
    };
    writeFileSync(files.output, '');
    writeFileSync(files.summary, '');
    writeFileSync(files.event, JSON.stringify(event.payload));
    const given = {
      postgres: 'embedded',
      'github-token': 'ghs_token',
      comment: 'true',
      'review-comments': 'true',
      ...inputs,
    };
    const child = spawn(process.execPath, [join(dist, 'action.js')], {
      cwd: workspace,
      env: {
        PATH: process.env['PATH'],
        HOME: process.env['HOME'],
        GITHUB_ACTIONS: 'true',
        GITHUB_API_URL: apiUrl,
        GITHUB_GRAPHQL_URL: `${apiUrl}/graphql`,
        GITHUB_SERVER_URL: 'https://github.com',
        GITHUB_REPOSITORY: 'octocat/airlines',
        GITHUB_WORKSPACE: workspace,
        GITHUB_EVENT_NAME: event.name,
        GITHUB_EVENT_PATH: files.event,
        GITHUB_OUTPUT: files.output,
        GITHUB_STEP_SUMMARY: files.summary,
        GITHUB_SHA: sha,
        GITHUB_WORKFLOW: 'Database',
        GITHUB_WORKFLOW_REF: 'octocat/airlines/.github/workflows/database.yml@refs/pull/7/merge',
        GITHUB_JOB: 'review',
        GITHUB_RUN_NUMBER: String(run.number),
        GITHUB_RUN_ATTEMPT: String(run.attempt),
        RUNNER_TEMP: folder,
        ...Object.fromEntries(
          Object.entries(given).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]),
        ),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    if (cancelAt !== undefined) {
      child.stdout.on('data', (chunk: Buffer) => {
        if (chunk.includes(cancelAt)) child.kill('SIGINT');
      });
    }
    const [stdout, stderr] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close'),
    ]);
    const outputs = outputsIn(readFileSync(files.output, 'utf8'));
    const path = outputs['report-path'];
    return {
      status: child.exitCode,
      stdout,
      stderr,
      commands: stdout.split('\n').flatMap(commandIn),
      outputs,
      summary: readFileSync(files.summary, 'utf8'),
      report: path === undefined ? null : JSON.parse(readFileSync(path, 'utf8')),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** `name<<delimiter`, the value, and the delimiter again. */
function outputsIn(file: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...file.matchAll(/^(.+)<<(ghadelimiter_\S+)\n([\s\S]*?)\n\2$/gm)].map(([, name = '', , value = '']) => [
      name,
      value,
    ]),
  );
}

/** As the runner reads it: a command may stand behind blanks. */
function commandIn(line: string): readonly WorkflowCommand[] {
  const match = /^\s*::([a-z-]+)(?: ([^:]*))?::(.*)$/.exec(line);
  if (match === null) return [];
  const [, name = '', properties = '', message = ''] = match;
  const pairs = properties.split(',').filter((pair) => pair !== '');
  return [
    {
      name,
      properties: Object.fromEntries(
        pairs.map((pair) => {
          const separator = pair.indexOf('=');
          return [pair.slice(0, separator), unescaped(pair.slice(separator + 1))];
        }),
      ),
      message: unescaped(message),
    },
  ];
}

function unescaped(value: string): string {
  return value
    .replaceAll('%0D', '\r')
    .replaceAll('%0A', '\n')
    .replaceAll('%3A', ':')
    .replaceAll('%2C', ',')
    .replaceAll('%25', '%');
}
